import { createHash } from 'node:crypto'
import type { Alert } from '@tps/andon'
import { alertKeyOf } from './labels.ts'

/** What an alert is found by. */
export function keyOf({ rule, labels }: Alert): string {
  return alertKeyOf(rule, labels)
}

/** A short name of an alert that fits into a path. */
export function idOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 16)
}
