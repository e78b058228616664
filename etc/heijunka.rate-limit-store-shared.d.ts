/**
 * Where limiters of several processes keep what they share. One operation, which has to be atomic. Costs, intervals and
 * offsets come checked: finite and above 0, and the cost is never above what the offset allows.
 */
interface RateLimitStore {
    /**
     * Decides by the generic cell rate algorithm, and keeps the theoretical arrival time of `key`. Resolves with 0 when
     * `cost` was taken, or with the wait in ms, above 0, after which it would be. Rejects when it can't tell; then it may or
     * may not have taken. It may take as long as it likes: the limiter doesn't wait longer than its `timeoutMs`.
     * @param key What is counted apart.
     * @param cost How much it counts for.
     * @param emissionIntervalMs What a cost of 1 takes, in ms: `perMs / limit`.
     * @param burstOffsetMs How far the theoretical arrival time may be ahead of the store's clock, in ms:
     * `burst × emissionIntervalMs`.
     */
    take(key: string, cost: number, emissionIntervalMs: number, burstOffsetMs: number): Promise<number>;
}

export type { RateLimitStore as R };
