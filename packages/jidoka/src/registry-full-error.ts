import { StacklessError } from './stackless-error.ts'

/** A registry with `overflow: 'reject'` had no room for one more key. Carries no stack trace. */
export class RegistryFullError extends StacklessError {
  readonly code: 'ERR_REGISTRY_FULL'
  /** The name of the registry. */
  readonly registry: string
  /** The key that found no room. */
  readonly key: string

  constructor(registry: string, key: string) {
    super(`Registry "${registry}" has no room for "${key}"`)
    this.code = 'ERR_REGISTRY_FULL'
    this.registry = registry
    this.key = key
  }

  override get name(): 'RegistryFullError' {
    return 'RegistryFullError'
  }
}
