import { checkFunction, checkObject } from '@tps/internal'
import { type ChannelFetch, type PostOffice, platformFetch } from './channel-http.ts'
import { Secrets, checkSecretUrl } from './channel-secrets.ts'
import type { DeliveryOptions } from './reliable-options.ts'

/** What every channel that posts over HTTP is made with. */
export interface HttpChannelOptions extends DeliveryOptions {
  /** Called instead of the platform's `fetch`, in the same way. */
  readonly fetch?: ChannelFetch | undefined
}

/** Where a channel posts, with everything in it checked. `secrets` are never shown, and neither is the URL. */
export function postOffice(
  name: string,
  url: string | URL,
  options: HttpChannelOptions,
  secrets: readonly string[] = [],
): PostOffice {
  checkObject('options', options)
  const { fetch = platformFetch, wallNow = Date.now } = options
  const href = checkSecretUrl('url', url)
  return {
    channel: name,
    url: href,
    secrets: new Secrets([href, ...secrets]),
    fetch: checkFunction('fetch', fetch),
    wallNow: checkFunction('wallNow', wallNow),
  }
}
