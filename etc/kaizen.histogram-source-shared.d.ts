import { M as Mergeable } from './contents-shared.js';

/** What is exported: a tracker of this package, or of another copy of it. */
interface HistogramSource extends Mergeable {
    /** `undefined` where nothing is forgotten. */
    readonly windowMs: number | undefined;
}

export type { HistogramSource as H };
