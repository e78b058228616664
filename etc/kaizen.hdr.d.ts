import { H as HistogramSource } from './histogram-source-shared.js';
export { B as Bucket, M as Mergeable } from './contents-shared.js';

/** What stands beside the histogram in a log line. */
interface HdrLogLineOptions {
    /** When the interval began, in ms since 1970. */
    readonly startMs: number;
    /** When it ended, in ms since 1970. */
    readonly endMs: number;
    /**
     * How many units of the log make one of the tracker's; greater than 0. HdrHistograms count whole numbers, so the log's
     * unit must be fine enough. Default 1000: milliseconds become microseconds.
     */
    readonly unitRatio?: number | undefined;
    /** What tells it from others in the log. Without comma, space or line break. Default none. */
    readonly tag?: string | undefined;
}
/** The lines that a log begins with. `startMs` is in ms since 1970. */
declare function hdrLogHeader(startMs: number): string;
/**
 * What a tracker holds as a line of an HdrHistogram log, for the plots and tools there are for it. With three digits:
 * the 0.1 % that it rounds by comes on top of the tracker's 0.55 %. The greatest value is kept. Collapsed values are
 * written as their upper limit.
 * @throws RangeError when a value is beyond 2^53 units, or an option is not what it must be.
 */
declare function hdrLogLine(tracker: HistogramSource, options: HdrLogLineOptions): string;

export { HistogramSource, hdrLogHeader, hdrLogLine };
export type { HdrLogLineOptions };
