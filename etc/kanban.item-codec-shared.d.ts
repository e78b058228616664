/** How items become text or bytes, and back. */
interface Codec<T> {
    /** What is written. @throws when the item can't be written: then `put` rejects with that. */
    encode(item: T): string | Uint8Array;
    /** The item again. What it throws makes the item a dead letter. */
    decode(written: string | Uint8Array): T;
}

export type { Codec as C };
