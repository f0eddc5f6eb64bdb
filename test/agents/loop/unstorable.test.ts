import type { Sql } from 'postgres'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/agents/tool.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { postgresDriver } from '../../../src/storage/postgres/driver/postgres-js.ts'
import { createStores } from '../../../src/storage/postgres/index.ts'
import type { ScriptedTurn } from '../../../src/testing.ts'
import { toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { createTestStudio, type TestStudioOptions } from '../../support/studio.ts'

const pool = createSharedDatabase()
afterAll(async () => (await pool).sql.end({ timeout: 1 }))

const schema = 'refusing'
const ran: string[] = []
const note = defineTool({
  name: 'note',
  description: 'Notes a text.',
  input: z.object({ text: z.string() }),
  execute({ text }) {
    ran.push(text)
    return `noted ${text}`
  },
})

/** Makes PostgreSQL refuse every row of a table that contains a text, as a constraint or a limit of an index would. */
async function refuse(sql: Sql, table: string, column: string, text: string): Promise<void> {
  await sql.unsafe(`alter table ${schema}.${table} drop constraint if exists refusal`)
  await sql.unsafe(
    `alter table ${schema}.${table} add constraint refusal check (${column}::text not like '%${text}%') not valid`,
  )
}

async function createRefusing(table: string, column: string, options: TestStudioOptions) {
  const { sql } = await pool
  await sql.unsafe(`drop schema if exists ${schema} cascade`)
  const stores = createStores(postgresDriver(sql), { schema })
  await stores.ready?.()
  await refuse(sql, table, column, 'poison')
  const reported: { error: unknown; context: unknown }[] = []
  const studio = await createTestStudio({
    stores,
    clock: systemClock,
    leaseMs: 300,
    tools: [note],
    onError: (error, _request, context) => void reported.push({ error, context }),
    ...options,
  })
  return { ...studio, reported }
}

const call = (text: string, id: string) => toolCall('note', { text }, id)

describe('a write that PostgreSQL refuses for good', () => {
  const cases: [string, string, string, readonly ScriptedTurn[]][] = [
    ['arguments of a tool call', 'run_tool_calls', 'data', [call('poison', 'c1'), 'again']],
    ['a tool call id', 'run_tool_calls', 'tool_call_id', [call('x', 'poison'), 'again']],
    ['an answer', 'run_messages', 'message', ['poison', 'again']],
    ['streamed text', 'run_events', 'lines', [['a', 'poison'], 'again']],
  ]

  it.each(cases)('%s: the run fails at once, without a second model call', async (...row) => {
    const [, table, column, turns] = row
    ran.length = 0
    const studio = await createRefusing(table, column, { turns })
    const sessionId = await studio.createSession()
    const stream = await studio.runStream({ message: 'go', sessionId })
    const lines = await stream.rest()
    const last = lines.at(-1)
    expect(last).toMatchObject({
      type: 'error',
      error: {
        code: 'internal_error',
        name: 'StoreError',
        message: 'The run could not be stored (23514)',
      },
    })
    await new Promise((resolve) => setTimeout(resolve, 700)) // more than two leases
    expect(studio.model.calls).toHaveLength(1)
    expect(ran).toEqual([])
    const runId = textAt(last, 'runId')
    expect((await studio.get(`/runs/${runId}`)).body).toMatchObject({ status: 'failed' })
    expect(studio.reported).toMatchObject([
      { error: { code: '23514' }, context: { runId, agentId: 'support' } },
    ])
    const next = await studio.run({ message: 'next', sessionId })
    expect(next).toMatchObject({ status: 200, body: { output: 'again' } })
  })

  it('a tool result: the run fails, its call has a result, and the session goes on', async () => {
    const leak = defineTool({ name: 'leak', description: 'Leaks.', execute: () => 'poison' })
    const studio = await createRefusing('run_tool_calls', 'data', {
      turns: [toolCall('leak', {}, 'c1'), 'again'],
      tools: [leak],
    })
    const sessionId = await studio.createSession()
    const failed = await studio.run({ message: 'go', sessionId })
    expect(failed).toMatchObject({
      status: 500,
      body: { error: { details: { name: 'StoreError' } } },
    })
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(JSON.stringify(listAt(body, 'messages')[2])).toContain('outcome is unknown')
    expect(await studio.run({ message: 'next', sessionId })).toMatchObject({
      body: { output: 'again' },
    })
  })

  it('the end of the run: only the status is written', async () => {
    const studio = await createRefusing('run_messages', 'message', { turns: ['unused'] })
    const failed = await studio.run({ message: 'poison' })
    expect(failed).toMatchObject({
      status: 500,
      body: { error: { details: { name: 'StoreError' } } },
    })
    expect(studio.model.calls.length).toBeLessThanOrEqual(1)
  })
})
