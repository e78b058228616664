import type { SignalRecord } from '../register.ts'

/** What is asked of the thread that keeps how signals ended. A batch of these becomes one transaction. */
export type OutcomeRequest =
  /** A signal is about to be put into the queue. */
  | { readonly kind: 'accepted'; readonly record: SignalRecord }
  /** It was not put in after all. */
  | { readonly kind: 'dropped'; readonly id: string }
  /** It has ended. Only the first end counts. */
  | { readonly kind: 'ended'; readonly record: SignalRecord }
  /** It is sent back: how it ended is forgotten. */
  | { readonly kind: 'revived'; readonly id: string }
  | { readonly kind: 'find'; readonly id: string }

/** To `ended`: whether this was the first end. To `find`: what is known. Else nothing. */
export type OutcomeAnswer = boolean | SignalRecord | null

/** How the thread is started. */
export interface OutcomeThreadData {
  readonly path: string
  /** How many signals are kept. */
  readonly kept: number
}

/** What the thread says: that it is ready, or why it isn't; then the answers to each batch, or why that failed. */
export type OutcomeMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answers'; readonly answers: readonly OutcomeAnswer[] }
  | { readonly kind: 'failed'; readonly message: string }
