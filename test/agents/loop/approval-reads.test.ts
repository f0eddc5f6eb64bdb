import { expect, it } from 'vitest'
import { defineTool } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { toolCall } from '../../support/agents.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'

const postgres = withPostgres()
const calls = 40
const resultBytes = 20_000

it('calls that end while an approval is open read neither their run nor their results again', async () => {
  const { sql, url } = await postgres.createDatabase()
  const other = postgresStores(postgres.openPool(url))
  const read = { statements: 0, bytes: 0 }
  const unsafe = sql.unsafe.bind(sql)
  const counted = (...given: Parameters<typeof sql.unsafe>) => {
    const query = unsafe(...given)
    const raw = query.raw.bind(query)
    query.raw = () => {
      const rows = raw()
      read.statements++
      const count = (found: readonly (readonly (Uint8Array | null)[])[]) => {
        for (const cell of found.flat()) read.bytes += cell?.byteLength ?? 0
      }
      void rows.then((found) => count(found as never)).catch(() => undefined)
      return rows
    }
    return query
  }
  Object.assign(sql, { unsafe: counted })
  const description = 'A tool.'
  const execute = () => 'x'.repeat(resultBytes)
  const ask = defineTool({ name: 'ask', description, approval: true, execute })
  const fetchTool = defineTool({ name: 'fetch', description, execute })
  const turn = [toolCall('ask', {}), ...Array.from({ length: calls }, () => toolCall('fetch', {}))]
  const studio = await createTestStudio({
    stores: postgresStores(sql, { listen: false }),
    turns: [turn],
    tools: [ask, fetchTool],
    agent: { toolConcurrency: 2 },
  })
  const runId = await studio.startRun('go')
  await eventually(async () => expect((await other.runs.get('', runId))?.status).toBe('waiting'))
  expect(read.bytes).toBeLessThan(calls * resultBytes)
  expect(read.statements).toBeGreaterThan(calls) // the count counts
})
