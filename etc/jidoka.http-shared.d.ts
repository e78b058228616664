import { A as Outcome, $ as Verdict, J as Judgement } from './sleep-shared.js';

/** What the HTTP classification reads of a response. A `Response` is one. */
interface HttpReply {
    readonly status: number;
    readonly headers: {
        get(name: string): string | null;
    };
}
/**
 * What an HTTP call says about the server. A 5xx and everything that rejects is a failure. A 429 or 503 with
 * `Retry-After` is one that opens the circuit at once, for as long as it says (at most `break.maxMs`). Every other
 * answer is a success: the server works, though it may not like the request.
 */
declare function classifyHttp(outcome: Outcome<HttpReply>): Verdict | Judgement;
/**
 * What `Retry-After` says, in ms from now: seconds, or an HTTP date, which is compared with the `Date` of the same
 * response where there is one, so that the server's clock may be wrong. `undefined` without one that can be read.
 */
declare function retryAfterOf({ headers }: HttpReply): number | undefined;

export { classifyHttp as c, retryAfterOf as r };
export type { HttpReply as H };
