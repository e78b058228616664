import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert } from './alert.ts'
import { alertWith, groupOf, notificationOf } from './channel-test-kit.ts'
import { digestOf } from './digest.ts'
import { escapeSlack, slackDigest, slackMessage } from './slack-message.ts'

describe('escape', () => {
  it('takes the power from what calls people', () => {
    expect(escapeSlack('<!channel> & <@U1>', 100)).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  })

  it('cuts at the bound, never within an entity or a character', () => {
    expect(escapeSlack('abc', 3)).toBe('abc')
    expect(escapeSlack('ab<', 5)).toBe('ab…')
    expect(escapeSlack('ab<', 6)).toBe('ab&lt;')
    expect(escapeSlack('abc<', 6)).toBe('abc…')
    expect(escapeSlack('a😀😀', 4)).toBe('a😀…')
  })

  it('stays within any bound', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const escaped = escapeSlack(text, max)
        expect(escaped.length).toBeLessThanOrEqual(max)
        expect(escaped).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
        expect(escaped.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('a message', () => {
  it('has a headline, a colour and the facts', () => {
    const message = slackMessage(
      notificationOf('firing', { description: 'See the runbook', labels: { shard: 'a' }, severity: 'yellow' }),
    )
    expect(message).toEqual({
      text: '🟡 HighLatency firing: p99 is too high (value 250)',
      attachments: [
        {
          color: '#f9a825',
          blocks: [
            { type: 'section', text: { type: 'mrkdwn', text: 'See the runbook' } },
            {
              type: 'section',
              fields: [
                { type: 'mrkdwn', text: '*Severity*\nyellow' },
                { type: 'mrkdwn', text: '*Reading*\nvalue 250, above 200' },
                { type: 'mrkdwn', text: '*Since*\n2026-03-01T12:00:00.000Z' },
                { type: 'mrkdwn', text: '*shard*\na' },
              ],
            },
          ],
        },
      ],
    })
  })

  it.each([
    [notificationOf('firing'), '🔴', '#d32f2f'],
    [notificationOf('firing', { severity: 'yellow' }), '🟡', '#f9a825'],
    [notificationOf('resolved'), '🟢', '#2e7d32'],
  ])('shows how bad it is: %#', (notification, sign, color) => {
    const { text, attachments } = slackMessage(notification)
    expect(text.startsWith(sign)).toBe(true)
    expect(attachments[0]?.color).toBe(color)
  })

  it('names the first ten of a group', () => {
    const alerts = Array.from({ length: 13 }, (_, index) => alertWith({ rule: `R${index}` }))
    const { text, attachments } = slackMessage(groupOf('firing', alerts))
    expect(text).toContain('13 alerts firing')
    expect(attachments[0]?.blocks).toHaveLength(11)
    expect(attachments[0]?.blocks[10]).toEqual({ type: 'context', elements: [{ type: 'mrkdwn', text: 'and 3 more' }] })
  })

  it('says how many labels it leaves out', () => {
    const labels = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`l${index}`, 'x']))
    const [block] = slackMessage(notificationOf('firing', { labels })).attachments[0]?.blocks ?? []
    const fields = block && 'fields' in block ? block.fields : []
    expect(fields).toHaveLength(10)
    expect(fields[9]?.text).toBe('and 6 more labels')
  })
})

it('tells a digest with counts, the first alerts and what is left out', () => {
  const notifications = Array.from({ length: 30 }, (_, index) => notificationOf('firing', { rule: `R${index}` }))
  const message = slackDigest(digestOf(notifications, { maxAlerts: 3, maxRules: 5, dropped: 2 }))
  expect(message.text).toBe('🔴 30 notifications in one: 30 firing, 0 resolved')
  expect(message.attachments[0]?.blocks).toHaveLength(5)
  expect(JSON.stringify(message)).toContain('R0 (red): 1 firing, 0 resolved\\nR1')
  expect(JSON.stringify(message)).toContain('and 25 more rules · 27 alerts are not named here · 2 more notifications')
  expect(slackDigest(digestOf([], { maxAlerts: 3, maxRules: 5, dropped: 0 })).text).toContain('🟢')
})

const long = fc.string({ maxLength: 200 }).map((text) => `${text}<&>😀`.repeat(20))
const hugeAlert: fc.Arbitrary<Alert> = fc
  .record({ rule: long, summary: long, description: long, condition: long, label: long })
  .map(({ label, ...texts }) => alertWith({ ...texts, labels: { label: label.slice(0, 256), other: 'x' } }))

it('keeps the limits of Slack, whatever the alerts say', () => {
  fc.assert(
    fc.property(fc.array(hugeAlert, { minLength: 1, maxLength: 60 }), (alerts) => {
      const notifications = alerts.map((alert) => ({ id: 'x', kind: 'firing', alert }) as const)
      const digest = digestOf(notifications, { maxAlerts: 100, maxRules: 20, dropped: 1 })
      const messages = [
        ...notifications.map(slackMessage),
        slackMessage(groupOf('firing', alerts)),
        slackDigest(digest),
      ]
      for (const { text, attachments } of messages) {
        expect(text.length).toBeLessThanOrEqual(3000)
        expect(attachments).toHaveLength(1)
        const blocks = attachments[0]?.blocks ?? []
        expect(blocks.length).toBeLessThanOrEqual(50)
        for (const block of blocks) {
          const [texts, max] =
            'text' in block ? [[block.text], 3000] : 'fields' in block ? [block.fields, 2000] : [block.elements, 3000]
          expect(texts.length).toBeGreaterThan(0)
          expect(texts.length).toBeLessThanOrEqual(10)
          for (const { text } of texts) {
            expect(text.length).toBeGreaterThan(0)
            expect(text.length).toBeLessThanOrEqual(max)
          }
        }
      }
    }),
    { numRuns: 30 },
  )
})
