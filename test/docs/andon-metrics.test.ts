import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboards } from '@tps/andon/prometheus'
import { expect, it } from 'vitest'
import { generated } from '../../scripts/andon-metrics.ts'
import { root } from '../../scripts/packages.ts'

const files = generated()

it.each([...files.keys()])('%s is what the catalogue gives', (path) => {
  // If not: node --conditions=@tps/source scripts/andon-metrics.ts
  expect(readFileSync(join(root, path), 'utf8')).toBe(files.get(path))
})

it('writes a panel of Grafana for every panel of the boards, with its queries', () => {
  for (const { uid, panels } of dashboards()) {
    const json = JSON.parse(files.get(`examples/reference-service/deploy/grafana/${uid}.json`) ?? '') as {
      uid: string
      panels: { title: string; targets: { expr: string }[] }[]
    }
    expect(json.uid).toBe(uid)
    expect(json.panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr)])).toEqual(
      panels.map(({ title, queries }) => [title, queries.map(({ expr }) => expr)]),
    )
  }
})
