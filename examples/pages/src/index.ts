import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folders whose files every page is served with: theme, signs, functions, and uPlot for the charts. */
export const PAGE_FOLDERS: readonly string[] = [
  join(import.meta.dirname, '../web'),
  dirname(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.esm.js'))),
]
