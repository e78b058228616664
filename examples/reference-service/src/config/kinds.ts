import { type TInteger, type TNumber, type TString, Type } from 'typebox'

/** The kinds of options. Each has a description: a sentence without the range, which the schema tells. */

export const integer = (
  fallback: number,
  [minimum, maximum]: readonly [number, number],
  description: string,
): TInteger => Type.Integer({ minimum, maximum, default: fallback, description })

export const number = (fallback: number, [minimum, maximum]: readonly [number, number], description: string): TNumber =>
  Type.Number({ minimum, maximum, default: fallback, description })

export const choice = <const Choices extends string[]>(
  choices: [...Choices],
  fallback: Choices[number],
  description: string,
) => Type.Enum(choices, { default: fallback, description })

export const text = (fallback: string, description: string): TString =>
  Type.String({ minLength: 1, maxLength: 2_000, default: fallback, description })

/** An option that may be left out. */
export const optionalText = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 2_000, description }))

/** One that is never shown: not by `GET /info`, not in a message, not in the log. */
export const secret = (description: string, minLength = 1) =>
  Type.Optional(Type.String({ minLength, maxLength: 2_000, description, secret: true }))
