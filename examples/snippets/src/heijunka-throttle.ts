// #region readme
import { ThrottledError, adaptiveThrottle } from '@tps/heijunka'

const ads = adaptiveThrottle({ name: 'ads', multiplier: 2, maxRejectRatio: 0.9 })

async function pickAd(user: string): Promise<string | undefined> {
  try {
    return await ads.execute(({ signal }) => callAds(user, signal))
  } catch (error) {
    if (error instanceof ThrottledError) return undefined // not sent: it would likely have been refused
    throw error
  }
}
// #endregion

async function callAds(user: string, signal: AbortSignal): Promise<string> {
  if (signal.aborted) throw new Error('gone')
  throw Object.assign(new Error(`no ad for ${user}: overloaded`), { status: 503 })
}
let refused = 0
for (let call = 0; call < 200; call++) await pickAd('you').catch(() => refused++)
const { rejectRatio, totals } = ads.snapshot()
console.log({ refused, rejectRatio, held: totals.throttled })
if (rejectRatio !== 0.9 || totals.throttled < 100) throw new Error('most of the calls should have been held back')
