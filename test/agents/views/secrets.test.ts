import { describe, expect, it } from 'vitest'
import { defineTool } from '../../../src/agents/tool.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const secrets = [
  'sk-proj-abcdefghijklmnop',
  'postgres://admin:hunter2@db.internal:5432/prod',
  '/srv/app/src/secret-file.ts',
]
const leak = () =>
  Object.assign(
    new Error(`Incorrect API key ${secrets[0]} for ${secrets[1]}, see ${secrets[2]}:12:3`),
    { url: 'https://api.example.org?key=x', requestBodyValues: { apiKey: secrets[0] } },
  )

/** Returns everything that a client can read about a run. */
async function everything({ get, send }: TestStudio, sessionId: string): Promise<string> {
  const { body } = await get('/runs')
  const [run] = (body as { runs: { id: string }[] }).runs
  const seen = [body]
  for (const path of [
    `/runs/${run?.id}`,
    `/sessions/${sessionId}`,
    '/traces?include=detail',
    `/sessions/${sessionId}/traces`,
    '/approvals',
  ]) {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    seen.push(answer.body)
  }
  const events = await send('GET', `/runs/${run?.id}/events`, {})
  return JSON.stringify(seen) + (await events.text())
}

function expectNoSecret(text: string): void {
  for (const secret of [...secrets, 'hunter2', 'db.internal', 'secret-file', '    at ']) {
    expect(text).not.toContain(secret)
  }
}

describe.each(storeKinds)('no secret reaches a client ($name stores)', (store) => {
  it.each([true, false])(
    'no secret reaches a client when a model fails (streamed: %s)',
    async (stream) => {
      const studio = await createTestStudio({ store, turns: [[{ error: leak() }]] })
      const sessionId = await studio.createSession()
      const response = await studio.send('POST', '/agents/support/runs', {
        body: { message: 'hi', sessionId, stream, verbose: true },
      })
      const text = await response.text()
      expect(text).toContain('Incorrect API key')
      expectNoSecret(text)
      expectNoSecret(await everything(studio, sessionId))
    },
  )

  it('no secret reaches a client when a model call is retried', async () => {
    const error = Object.assign(leak(), {
      statusCode: 503,
      responseHeaders: { 'retry-after-ms': '1' },
    })
    const studio = await createTestStudio({ store, turns: [[{ error }], 'hello'] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'hi', sessionId })
    const text = await everything(studio, sessionId)
    expect(text).toContain('retry')
    expectNoSecret(text)
  })

  it('no secret reaches a client when a tool fails', async () => {
    const tool = defineTool({
      name: 'leak',
      description: 'Leaks.',
      execute: () => Promise.reject(leak()),
    })
    const studio = await createTestStudio({
      store,
      turns: [toolCall('leak', {}), 'hello'],
      tools: [tool],
    })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'hi', sessionId })
    const text = await everything(studio, sessionId)
    expect(text).toContain('Incorrect API key')
    expectNoSecret(text)
    expectNoSecret(JSON.stringify(studio.model.calls[1]?.prompt))
  })

  it('no secret reaches a client when an approval policy fails', async () => {
    const when = () => Promise.reject(leak())
    const { tool } = createRefundTool({ when })
    const turns = [toolCall('refund', { orderId: 'o', cents: 1 }), 'hello']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'hi', sessionId })
    expectNoSecret(await everything(studio, sessionId))
    expect(studio.failures).toHaveLength(1)
  })

  it('no secret reaches a client when the schema of a tool throws', async () => {
    const input = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => {
          throw leak()
        },
        jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
      },
    } as const
    const tool = defineTool({ name: 'odd', description: 'Odd.', input, execute: () => 'ran' })
    const turns = [toolCall('odd', {}), 'hello']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const sessionId = await studio.createSession()
    const answer = await studio.run({ message: 'hi', sessionId })
    expect(answer).toMatchObject({ status: 200, body: { output: 'hello' } })
    expectNoSecret(await everything(studio, sessionId))
  })

  it('no secret reaches a client when a store fails', async () => {
    const { stores, clock } = await createTestStudio({ store })
    const failing = { ...stores, runs: { ...stores.runs, create: () => Promise.reject(leak()) } }
    const studio = await createTestStudio({ stores: failing, clock })
    const answer = await studio.run('hi')
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'internal_error' } } })
    expectNoSecret(JSON.stringify(answer.body))
    expect(studio.failures).toHaveLength(1)
  })
})
