import { ChannelDeliveryError } from './channel-delivery-error.ts'
import { codeOf } from './channel-http.ts'
import type { Secrets } from './channel-secrets.ts'
import { cut, oneLine } from './channel-text.ts'
import { readField } from './reliable-try.ts'

/** Codes of nodemailer that another try won't change, where there was no answer to go by. */
const LASTING = new Set(['EENVELOPE', 'EAUTH', 'ENOAUTH', 'ECONFIG', 'EREQUIRETLS', 'EFILEACCESS', 'EURLACCESS'])
/** Commands after which the message has not been handed over. */
const BEFORE_DATA = /^(?:CONN|EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO)/
const NEVER_CONNECTED = new Set(['EDNS', 'ECONNREFUSED', 'ETLS', 'EPROXY'])

/** What the mail library threw, as an error that is safe to show. 4xx is worth another try, 5xx is not (RFC 5321). */
export function emailError(channel: string, error: unknown, secrets: Secrets): ChannelDeliveryError {
  const status = replyCodeOf(error)
  const code = codeOf(error)
  const command = readField(error, 'command')
  const isEarly = typeof command === 'string' && BEFORE_DATA.test(command)
  return new ChannelDeliveryError({
    channel,
    detail: status === null ? `no answer (${code ?? 'no code'})` : `${code ?? 'refused'}: ${replyOf(error, secrets)}`,
    status,
    retryable: status === null ? !LASTING.has(code ?? '') : status < 500,
    mayHaveArrived: status === null && !isEarly && !LASTING.has(code ?? '') && !NEVER_CONNECTED.has(code ?? ''),
  })
}

/** The code of an SMTP reply: 451, 550. `null` when there was none. */
export function replyCodeOf(error: unknown): number | null {
  const code = readField(error, 'responseCode')
  return typeof code === 'number' && code >= 400 && code < 600 ? code : null
}

function replyOf(error: unknown, secrets: Secrets): string {
  const response = readField(error, 'response')
  return typeof response === 'string' ? cut(oneLine(secrets.redact(response)), 200) : `${replyCodeOf(error)}`
}
