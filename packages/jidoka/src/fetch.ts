export { createFetch } from './create-fetch.ts'
export { classifyHttp, retryAfterOf } from './http.ts'
export type { Fetch, FetchOptions, ResilientFetch } from './fetch-options.ts'
export type { HttpReply } from './http.ts'
