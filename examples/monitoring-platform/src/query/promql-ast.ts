import type { Matcher } from '../storage/store.ts'

/** The part of PromQL that is understood. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | Selector
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | {
      readonly kind: 'aggregate'
      readonly operator: string
      /** Whether `labels` are those that are left out. */
      readonly isWithout: boolean
      readonly labels: readonly string[]
      readonly parameter: Expression | undefined
      readonly of: Expression
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly isBool: boolean
      /** By which labels series are matched; `undefined` for all of them. */
      readonly matching: { readonly isOn: boolean; readonly labels: readonly string[] } | undefined
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'negative'; readonly of: Expression }

/** `name{label="value"}`, with `[5m]` a range. */
export interface Selector {
  readonly kind: 'selector'
  readonly name: string | undefined
  readonly matchers: readonly Matcher[]
  readonly rangeMs: number | undefined
  readonly offsetMs: number
}
