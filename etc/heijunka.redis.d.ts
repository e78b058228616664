import { R as RateLimitStore } from './rate-limit-store-shared.js';

/** Sends one command, its name first, and resolves with the reply. Every client has a method for that. */
type SendRedisCommand = (command: string[], key: string) => Promise<unknown>;
/** What `redisRateLimitStore` is made with. */
interface RedisRateLimitStoreOptions {
    /**
     * Sends a command through your client: `(command) => client.sendCommand(command)` for node-redis,
     * `([name, ...rest]) => client.call(name, ...rest)` for ioredis, and
     * `(command, key) => cluster.sendCommand(key, false, command)` for a node-redis cluster, which routes by the key.
     */
    readonly send: SendRedisCommand;
    /** What the keys in Redis begin with. Default `'rate:'`. */
    readonly prefix?: string | undefined;
}
/**
 * Keeps shared rates in Redis 5 or later, Valkey, or what speaks as they do: one round trip a decision, and one small key
 * for each key that is limited at present. Time is the server's.
 * @throws TypeError that names the option which is wrong.
 */
declare function redisRateLimitStore(options: RedisRateLimitStoreOptions): RateLimitStore;

export { RateLimitStore, redisRateLimitStore };
export type { RedisRateLimitStoreOptions, SendRedisCommand };
