export { breakerInterceptor } from './interceptor.ts'
export { classifyHttp, retryAfterOf } from './http.ts'
export type {
  BreakerInterceptor,
  BreakerInterceptorOptions,
  UndiciController,
  UndiciDispatch,
  UndiciHandler,
  UndiciRequest,
} from './interceptor.ts'
export type { HttpReply } from './http.ts'
