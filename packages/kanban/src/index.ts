export { systemClock } from '@tps/internal'
