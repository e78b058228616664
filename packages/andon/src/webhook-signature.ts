import { checkSecret } from './channel-secrets.ts'

const PREFIX = 'whsec_'
const SHORTEST_KEY = 24
const LONGEST_KEY = 64
const MOST_KEYS = 8

type SigningKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** The bytes of the keys. Never shows one. */
export function checkWebhookKeys(key: string | readonly string[]): Uint8Array<ArrayBuffer>[] {
  const keys: readonly unknown[] = Array.isArray(key) ? key : [key]
  if (keys.length < 1 || keys.length > MOST_KEYS)
    throw new RangeError(`key must be from 1 to ${MOST_KEYS} keys, got ${keys.length}`)
  return keys.map((each) => decodeKey(checkSecret('key', each)))
}

function decodeKey(text: string): Uint8Array<ArrayBuffer> {
  const bytes = text.startsWith(PREFIX) ? decodeBase64(text.slice(PREFIX.length)) : undefined
  if (!bytes || bytes.length < SHORTEST_KEY || bytes.length > LONGEST_KEY)
    throw new RangeError(`key must be "${PREFIX}" and ${SHORTEST_KEY} to ${LONGEST_KEY} bytes in base64`)
  return bytes
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

function encodeBase64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}

/**
 * The `webhook-id` of a notification: the same for each try, also after a restart, different for each notification. A
 * digest of its id, because that may hold dots and letters that a header can't.
 */
export async function webhookIdOf(notificationId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(notificationId))
  return `msg_${encodeBase64(digest).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`
}

/** Signs as Standard Webhooks 1.0 says: HMAC-SHA256 of `id.timestamp.body`, one `v1,` signature for each key. */
export class WebhookSigner {
  readonly #bytes: readonly Uint8Array<ArrayBuffer>[]
  #keys: Promise<SigningKey[]> | undefined

  constructor(keys: readonly Uint8Array<ArrayBuffer>[]) {
    this.#bytes = keys
  }

  async sign(id: string, timestampSeconds: number, body: string): Promise<string> {
    const signed = new TextEncoder().encode(`${id}.${timestampSeconds}.${body}`)
    const keys = await (this.#keys ??= this.#import())
    const signatures = await Promise.all(keys.map(async (key) => crypto.subtle.sign('HMAC', key, signed)))
    return signatures.map((signature) => `v1,${encodeBase64(signature)}`).join(' ')
  }

  async #import(): Promise<SigningKey[]> {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    return Promise.all(
      this.#bytes.map(async (bytes) => crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])),
    )
  }
}
