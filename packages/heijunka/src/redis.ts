export { redisRateLimitStore } from './redis-rate-limit-store.ts'
export type { RateLimitStore } from './rate-limit-store.ts'
export type { RedisRateLimitStoreOptions, SendRedisCommand } from './redis-rate-limit-store.ts'
