import type { Msg, NatsConnection } from '@nats-io/nats-core'
import type { Timers } from '@tps/internal'
import { type Delivery, deliveryOf } from './nats-envelope.ts'

const NANOS = 1e6
/** What was just put in takes a moment until the consumer knows of it. */
const LOOK_MS = 5
/** Then there is nothing, or nobody to ask. */
const ANSWER_MS = 1_000

/** Asks one consumer for one message that is there now. `undefined` when there is none. */
export function lookUp(
  connection: NatsConnection,
  subject: string,
  inbox: string,
  timers: Timers,
): Promise<{ readonly message: Msg; readonly delivery: Delivery } | undefined> {
  return new Promise((resolve, reject) => {
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        end()
        const delivery = error ? undefined : deliveryOf(message)
        if (error) reject(error)
        else resolve(delivery && { message, delivery })
      },
    })
    const timer = timers.schedule(ANSWER_MS, () => {
      end()
      resolve(undefined)
    })
    const end = (): void => {
      timer.cancel()
      subscription.unsubscribe()
    }
    try {
      connection.publish(subject, JSON.stringify({ batch: 1, no_wait: true, expires: LOOK_MS * NANOS }), {
        reply: inbox,
      })
    } catch (error) {
      end()
      reject(error)
    }
  })
}
