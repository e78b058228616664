import { type TSchema, Type } from 'typebox'
import { RULE_AGGREGATES, RULE_OPERATORS } from './rule.ts'

const CLOSED = { additionalProperties: false }
const LABEL = '^[a-zA-Z_][a-zA-Z0-9_]{0,63}$'

const Name = Type.String({ minLength: 1, maxLength: 200 })
const Duration = Type.String({ pattern: '^([0-9]+(ms|s|m|h|d|w))+$', says: 'a duration such as 60s or 1h30m' })
const Moment = Type.Union([Type.String({ minLength: 1 }), Type.Number()], {
  says: 'a time such as 2026-01-05T08:00:00Z, or ms since 1970',
})
const Texts = (item: TSchema) => Type.Array(item, { maxItems: 16 })
const Labels = Type.Record(Type.String({ pattern: LABEL }), Type.String({ maxLength: 256 }), {
  maxProperties: 16,
  says: 'an object of at most 16 texts, whose names are letters, digits and _',
  ...CLOSED,
})
const OneOrMore = Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })], {
  says: 'a text, or some of which it may be one',
})
const Matchers = Type.Record(
  Type.String({ minLength: 1 }),
  Type.Union([
    Type.String(),
    Type.Array(Type.String(), { minItems: 1 }),
    Type.Object({ regex: Type.String() }, CLOSED),
    Type.Object({ not: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1 })]) }, CLOSED),
  ]),
)

const RuleSchema = Type.Object(
  {
    name: Name,
    metric: Name,
    agg: Type.Optional(Type.Enum([...RULE_AGGREGATES])),
    window: Duration,
    op: Type.Optional(Type.Enum([...RULE_OPERATORS])),
    threshold: Type.Number(),
    for: Type.Optional(Duration),
    keepFiring: Type.Optional(Duration),
    minSamples: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 })),
    noData: Type.Optional(Type.Enum(['resolve', 'keep', 'fire'])),
    tags: Type.Optional(
      Type.Record(Type.String({ minLength: 1 }), OneOrMore, {
        maxProperties: 16,
        says: 'an object of tags, each with the text, or the texts, that it may have',
      }),
    ),
    groupBy: Type.Optional(Texts(Type.String({ minLength: 1 }))),
    severity: Type.Optional(Type.Enum(['red', 'yellow'])),
    labels: Type.Optional(Labels),
    summary: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
    runbook: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000 })),
  },
  CLOSED,
)

const PersonSchema = Type.Object(
  {
    name: Name,
    channel: Type.Optional(Name),
    webhook: Type.Optional(Type.String({ pattern: '^https?://.', says: 'a URL that begins with http:// or https://' })),
    slack: Type.Optional(Type.String({ pattern: '^https?://.', says: 'a URL that begins with http:// or https://' })),
    email: Type.Optional(Type.String({ pattern: '^[^\\s@]+@[^\\s@]+$', says: 'an address such as ops@example.org' })),
  },
  CLOSED,
)

const OnCallSchema = Type.Object(
  {
    rotation: Type.Array(PersonSchema, { minItems: 1, maxItems: 100 }),
    start: Moment,
    shift: Duration,
    overrides: Type.Optional(
      Type.Array(Type.Object({ name: Name, from: Moment, until: Moment }, CLOSED), { maxItems: 1_000 }),
    ),
  },
  CLOSED,
)

/** A file of rules. `says` is what a value must be, for people. */
export const RulesFileSchema = Type.Object(
  {
    rules: Type.Array(RuleSchema, { maxItems: 1_000 }),
    on_call: Type.Optional(OnCallSchema),
    escalation: Type.Optional(
      Type.Array(Type.Object({ after: Duration, channels: Type.Array(Name, { minItems: 1 }) }, CLOSED), {
        maxItems: 16,
      }),
    ),
    group: Type.Optional(
      Type.Object(
        {
          by: Texts(Type.String({ minLength: 1 })),
          wait: Type.Optional(Duration),
          interval: Type.Optional(Duration),
        },
        CLOSED,
      ),
    ),
    repeat: Type.Optional(Duration),
    inhibitions: Type.Optional(
      Type.Array(
        Type.Object(
          { source: Matchers, target: Matchers, equal: Type.Optional(Texts(Type.String({ minLength: 1 }))) },
          CLOSED,
        ),
        { maxItems: 100 },
      ),
    ),
  },
  CLOSED,
)
