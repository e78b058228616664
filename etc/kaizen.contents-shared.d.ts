/** Values that share a bucket: above `lower`, up to and including `upper`. */
interface Bucket {
    readonly lower: number;
    readonly upper: number;
    readonly count: number;
}
/** What `merge` and `subtract` read: a tracker of this package, or of another copy of it. */
interface Mergeable {
    readonly sum: number;
    /** NaN when empty. */
    readonly min: number;
    /** NaN when empty. */
    readonly max: number;
    readonly invalid: number;
    /** In ascending order, zeros as (0, 0]. */
    buckets(): Iterable<Bucket>;
}

export type { Bucket as B, Mergeable as M };
