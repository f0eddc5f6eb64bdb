import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fileBlobs } from '../../../src/adapters/node.ts'
import { blobStores } from '../../../src/blobs.ts'
import { canonicalJson } from '../../../src/lib/checksum.ts'
import { defineTool } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { fixedClock } from '../../../src/testing.ts'
import { storesContract } from '../../../src/testing/contracts/index.ts'
import { toolCall } from '../../support/agents.ts'
import { itKeeps } from '../../support/contract.ts'
import { clockedStores } from '../../support/postgres-stores.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio } from '../../support/studio.ts'

const mebibyte = 1_048_576
const folder = mkdtempSync(join(tmpdir(), 'blobs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Whether every case runs, which takes most of a minute: `npm run test:blobs`. */
const isWhole = process.env['BLOBS'] === 'all'

/** The cases about what may be a blob. */
const withValues =
  /^(?:runs\.(?:commit|claim|journals)|sessions\.(?:read|messages|delete)|approvals\.decide)\b/

const tables = ['runs', 'run_events', 'run_messages', 'run_turns', 'run_tool_calls', 'approvals']

/** Plays a conversation with large attachments and results, and reads all that the API says about it. */
async function playConversation(stores: ReturnType<typeof postgresStores>) {
  const fetchReport = defineTool({
    name: 'fetch_report',
    description: 'Fetches a report.',
    input: z.object({ name: z.string() }),
    execute: ({ name }) => `${name} ${'0123456789abcdef'.repeat(mebibyte / 16)}`,
  })
  const saveReport = defineTool({
    name: 'save_report',
    description: 'Saves a report.',
    input: z.object({ text: z.string() }),
    approval: true,
    execute: ({ text }) => ({ saved: text.length }),
  })
  const studio = await createTestStudio({
    stores,
    limits: { bodyBytes: 8 * mebibyte },
    tools: [fetchReport, saveReport],
    turns: [
      [toolCall('fetch_report', { name: 'sales' }, 'call-1')],
      [toolCall('save_report', { text: 'r'.repeat(mebibyte) }, 'call-2')],
      [{ text: 'w'.repeat(mebibyte) }],
      [{ text: 'Yes.' }],
    ],
  })
  const sessionId = await studio.createSession()
  const data = Buffer.alloc(mebibyte, 'image').toString('base64')
  const source = { type: 'base64', data, mediaType: 'image/png' }
  const prompt = {
    role: 'user',
    content: [
      { type: 'text', text: 'Look.' },
      { type: 'image', source },
    ],
  }
  const runId = await studio.startRun({ message: prompt, sessionId })
  const [approval = ''] = await studio.pendingApprovals()
  await studio.decide(approval, { approved: true })
  await studio.runIn(runId, 'succeeded')
  const next = await studio.startRun({ message: 'Did you see it?', sessionId })
  await studio.runIn(next, 'succeeded')
  const paths = [
    `/runs/${runId}`,
    `/runs/${next}`,
    `/runs?sessionId=${sessionId}`,
    `/sessions/${sessionId}`,
    `/approvals/${approval}`,
    `/approvals`,
    `/traces`,
  ]
  const answers = await Promise.all(paths.map((path) => studio.get(path)))
  const stream = await studio.send('GET', `/runs/${runId}/stream`, {})
  const calls = studio.model.calls.map(({ prompt: sent }) => sent)
  const texts = { answers, stream: await stream.text(), calls }
  const ids = [sessionId, runId, next, approval]
  return { studio, sessionId, texts: withoutIds(canonicalJson(texts), ids) }
}

/** Ids, times and durations differ between two conversations, and nothing else may; `jsonb` has an order of its own. */
function withoutIds(text: string, ids: readonly string[]): string {
  const named = ids.reduce((rest, id, index) => rest.replaceAll(id, `<${index}>`), text)
  return named
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/\b[0-9a-f]{32}\b|\b[0-9a-f]{16}\b/g, '<hex>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/(Ms|_ms)(\\?"):[\d.]+/gi, '$1$2:0') // no pattern that repeats: some texts are long words
    .replaceAll(/(etag|x-request-id|server-timing|content-length)":"[^"]*"/gi, '')
}

/** The first place where two long texts differ; null if they are equal. */
function differenceOf(text: string, other: string): string | null {
  if (text === other) return null
  let place = 0
  while (text[place] === other[place]) place++
  const around = (from: string) => from.slice(Math.max(0, place - 200), place + 100)
  return `${around(text)}\n${around(other)}`
}

async function bytesIn(sql: Sql, schema: string): Promise<number> {
  const sums = tables.map(async (table) => {
    const [row] = await sql<{ bytes: number }[]>`
      select coalesce(sum(pg_column_size(t.*)), 0)::integer as bytes from ${sql(`${schema}.${table}`)} t`
    return row?.bytes ?? 0
  })
  return (await Promise.all(sums)).reduce((sum, bytes) => sum + bytes, 0)
}

const postgres = withPostgres()

describe('blobStores over PostgreSQL and files', () => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await postgres.createDatabase()).sql
  })
  const cases = storesContract(() => {
    const clock = fixedClock()
    const stores = clockedStores(sql, clock)
    return { clock, stores: blobStores(stores, fileBlobs(folder), { minBytes: 64, clock }) }
  })
  itKeeps(cases.filter(({ name }) => isWhole || withValues.test(name)))

  it('keeps the rows of a conversation with megabytes small, while the API and the model get the same', async () => {
    const home = join(folder, 'conversation')
    const large = await playConversation(postgresStores(sql, { schema: 'whole', listen: false }))
    const inner = postgresStores(sql, { schema: 'split', listen: false })
    const small = await playConversation(blobStores(inner, fileBlobs(home)))
    expect(differenceOf(small.texts, large.texts)).toBeNull()
    expect(small.texts.length).toBeGreaterThan(15 * mebibyte)
    expect(await bytesIn(sql, 'split')).toBeLessThan(40_000)
    expect(small.studio.failures).toEqual([])
    expect(await readdir(join(home, 'runs'))).toHaveLength(1) // the second run has nothing large
    expect(await small.studio.del(`/sessions/${small.sessionId}`)).toMatchObject({ status: 204 })
    expect(await readdir(join(home, 'runs'))).toEqual([])
  })
})
