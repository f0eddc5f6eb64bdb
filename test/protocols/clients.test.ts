import { afterAll, describe, expect, it } from 'vitest'
import { loadOtherClients } from './clients/install.ts'
import { ownClients, otherClients } from './scenarios/clients.ts'
import { createScenarioFleet, createScenarioStudio } from './scenarios/studio.ts'

const isWhole = process.env['PROTOCOL_CLIENTS'] === 'all'
const rows = [...ownClients, ...(isWhole ? otherClients(await loadOtherClients()) : [])]
const afterKill = 'resume after kill -9'

/** What each client did, for the table: `ok`, or why there is no shape for it. */
const results = new Map<string, Map<string, string>>()

describe.each(rows)('$name', ({ name, cells, without }) => {
  const seen = new Map<string, string>()
  results.set(name, seen)
  it.each(Object.entries(cells))('%s', async (column, cell) => {
    seen.set(column, 'FAILED')
    const needsFleet = column === afterKill && !without.includes(column)
    const reason = await cell(await (needsFleet ? createScenarioFleet() : createScenarioStudio()))
    seen.set(column, reason ?? 'ok')
    expect(reason === undefined ? [] : [column]).toEqual(without.includes(column) ? [column] : [])
  })
})

afterAll(() => {
  if (!isWhole) return
  const columns = Object.keys(ownClients[0]?.cells ?? {})
  const reasons = [...new Set([...results.values()].flatMap((seen) => [...seen.values()]))].filter(
    (result) => result !== 'ok' && result !== 'FAILED',
  )
  const show = (result = '') =>
    reasons.includes(result) ? `(${reasons.indexOf(result) + 1})` : result
  const lines = [
    ['client', ...columns],
    ['---', ...columns.map(() => '---')],
    ...[...results].map(([name, seen]) => [name, ...columns.map((one) => show(seen.get(one)))]),
  ]
  console.log(
    [
      ...lines.map((cells) => `| ${cells.join(' | ')} |`),
      '',
      ...reasons.map((reason, index) => `(${index + 1}) ${reason}`),
    ].join('\n'),
  )
})
