/** How items become text or bytes, and back. */
export interface Codec<T> {
  /** What is written. @throws when the item can't be written: then `put` rejects with that. */
  encode(item: T): string | Uint8Array
  /** The item again. What it throws makes the item a dead letter. */
  decode(written: string | Uint8Array): T
}

/** JSON text. */
export const JSON_CODEC: Codec<unknown> = {
  encode(item) {
    const text: string | undefined = JSON.stringify(item)
    if (text === undefined) throw new TypeError(`an item must be something that JSON can hold, got ${typeof item}`)
    return text
  },
  decode: (written) => JSON.parse(typeof written === 'string' ? written : new TextDecoder().decode(written)) as unknown,
}
