import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { agUi, aiSdkUi, openai } from '../../../src/protocols.ts'
import { keyOfLog } from '../../../src/storage/blobs/keys.ts'
import { blobsUnavailable } from '../../../src/storage/blobs/failures.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { createArchive, dayMs } from '../../support/archived-logs.ts'
import { textAt } from '../../support/json.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio } from '../../support/studio.ts'

const postgres = withPostgres()
let sql: Sql
beforeAll(async () => void ({ sql } = await postgres.createDatabase()))

const sse = { accept: 'text/event-stream' }

/** A studio that has run an agent with an approval, and answered a client of OpenAI. */
async function createPlayed(archiveLogs = true) {
  const archive = createArchive(sql, { archiveLogs, minBytes: 2_000 })
  const { clock, stores, kept } = archive
  const test = await createTestStudio({
    clock,
    stores,
    protocols: [openai(), aiSdkUi(), agUi()],
    tools: [createRefundTool().tool],
    turns: [
      [toolCall('refund', { orderId: 'x'.repeat(5_000), cents: 1 }, 'call-1')],
      [{ text: 'Done. '.repeat(40) }],
      [{ text: 'Hello.' }],
    ],
  })
  const runId = await test.startRun('Refund it.')
  const [approval = ''] = await test.pendingApprovals()
  await test.decide(approval, { approved: true })
  await test.runIn(runId, 'succeeded')
  const response = await test.post('/v1/responses', { model: 'support', input: 'hi' })
  const responseId = textAt(response.body, 'id')
  /** Every answer that is made of events, byte for byte. */
  const readAll = async () => {
    const events = `/runs/${runId}/events`
    const requests: [path: string, headers?: Record<string, string>, method?: string][] = [
      [events],
      [events, sse],
      [`${events}?after=2`],
      [`${events}?types=final,text_delta`],
      [events, { ...sse, 'last-event-id': '3' }],
      [events, { ...sse, 'last-event-id': '1000' }],
      [events, {}, 'HEAD'],
      [`/runs/${runId}/stream`],
      [`/v1/responses/${responseId}`],
      [`/v1/responses/${responseId}?stream=true`],
      [`/v1/responses/${responseId}?stream=true&starting_after=2`],
    ]
    const answers: unknown[] = []
    for (const [path, headers = {}, method = 'GET'] of requests) {
      const answer = await test.send(method, path, { headers })
      answers.push([path, answer.status, await answer.text()])
    }
    return answers as [string, number, string][]
  }
  const drop = async () => {
    clock.advance(9 * dayMs)
    return test.studio.prune()
  }
  return { ...archive, ...test, kept, runId, responseId, readAll, drop }
}

describe('a run whose log was archived', () => {
  it('has the same events as before, byte for byte, for every reader', async () => {
    const { readAll, drop, calls, runId } = await createPlayed()
    const before = await readAll()
    const statuses = before.map(([, status]) => status)
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(8)
    expect(before[0]?.[2].split('\n').length).toBeGreaterThan(8)
    expect(await drop()).toMatchObject({ archivedLogs: 2 })
    calls.gets.length = 0
    expect(await readAll()).toEqual(before)
    expect(calls.gets.filter((key) => key === keyOfLog(runId))).toHaveLength(1)
  })

  it('has no events without the option: 410', async () => {
    const { get, drop, runId, responseId } = await createPlayed(false)
    expect(await drop()).not.toHaveProperty('archivedLogs')
    expect(await get(`/runs/${runId}/events`)).toMatchObject({ status: 410 })
    expect(await get(`/v1/responses/${responseId}`)).toMatchObject({ status: 410 })
  })

  it('is answered 503 when its archive is damaged, and 410 when it is missing', async () => {
    const { get, drop, kept, runId } = await createPlayed()
    await drop()
    const key = keyOfLog(runId)
    await kept.put(key, new Uint8Array(100))
    const path = `/runs/${runId}/events`
    const error = { code: 'unavailable', details: { payload: 'damaged' } }
    expect(await get(path)).toMatchObject({ status: 503, body: { error } })
    expect(await get(path, { headers: sse })).toMatchObject({ status: 503 })
    expect(await get(`/runs/${runId}`)).toMatchObject({ status: 200 })
    await kept.delete([key])
    expect(await get(path)).toMatchObject({ status: 410 })
  })

  it('stays in the database while the blobs are away, and prune says so', async () => {
    const { drop, hooks, studio, readAll } = await createPlayed()
    const before = await readAll()
    hooks.put = async () => {
      throw blobsUnavailable('The bucket is not available')
    }
    await expect(drop()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await readAll()).toEqual(before)
    delete hooks.put
    expect(await studio.prune()).toMatchObject({ archivedLogs: 2 })
    expect(await readAll()).toEqual(before)
  })
})
