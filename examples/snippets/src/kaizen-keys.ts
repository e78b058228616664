// #region readme
import { TrackerMap } from '@tps/kaizen'

const routes = new TrackerMap({ name: 'routes', maxKeys: 500, windowMs: 60_000 })
routes.record('/checkout', 120)
routes.record('/checkout', 80)
routes.time('/health', () => 'ok')

for (const [route, tracker] of routes.entries()) console.log(route, tracker.quantile(0.99))
console.log(routes.total().count, routes.snapshot()) // 3, and what happened at the bound
// #endregion

if (routes.size !== 2 || routes.get('/checkout')?.max !== 120) throw new Error('two keys were recorded')
