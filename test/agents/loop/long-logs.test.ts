import { describe, expect, it } from 'vitest'
import { addTool, createRefundTool, toolCall } from '../../support/agents.ts'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio } from '../../support/studio.ts'

const words = Array.from({ length: 400 }, (_, index) => `wörd ${index} `)
const exceeded = (limit: string, text: string) => ({
  status: 'failed',
  error: {
    code: 'limit_exceeded',
    name: 'RunLimitError',
    message: `The log of the run exceeds limits.${limit}, ${text}`,
  },
})

describe.each(storeKinds)('the log of a run on $name stores', (store) => {
  it('a stream over limits.runEvents ends as failed with the limit, and keeps what the model said', async () => {
    const turns = [{ deltas: words }]
    const options = { store, turns, limits: { runEvents: 20 } }
    const { runStream, get, failures } = await createTestStudio(options)
    const { response, rest, lines } = await runStream('talk')
    await rest()
    const run = await get(response.headers.get('location') ?? '')
    expect(run.body).toMatchObject(exceeded('runEvents', '20 events'))
    expect(lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'limit_exceeded' } })
    expect(lines.length).toBeLessThan(30)
    expect(lines.filter(({ type }) => type === 'text_delta').length).toBeGreaterThan(10)
    expect(failures).toEqual([])
  })

  it('a stream over limits.runBytes ends as failed with the limit', async () => {
    const options = { store, turns: [{ deltas: words }], limits: { runBytes: 2_000 } }
    const { runStream, get } = await createTestStudio(options)
    const { response, rest } = await runStream('talk')
    await rest()
    const run = await get(response.headers.get('location') ?? '')
    expect(run.body).toMatchObject(exceeded('runBytes', '2000 bytes'))
  })

  it('a run whose tools fill the log ends before the next model call, also as a buffered answer', async () => {
    const turns = Array.from({ length: 9 }, (_, index) => toolCall('add', { a: 1, b: index }))
    const options = { store, turns, tools: [addTool], limits: { runEvents: 8 } }
    const { run, model } = await createTestStudio(options)
    const answer = await run('add')
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: 'internal_error', details: { code: 'limit_exceeded' } } },
    })
    expect(model.calls.length).toBeLessThan(4)
  })

  it('the events of earlier claims count: a run that waited for a person does not start again at 0', async () => {
    const { tool, refunds } = createRefundTool()
    const input = { orderId: 'o1', cents: 500 }
    const said = [{ deltas: words.slice(0, 100) }, toolCall('refund', input)].flat()
    const turns = [said, { deltas: words.slice(0, 100) }]
    const options = { store, turns, tools: [tool], limits: { runBytes: 9_000 } }
    const { runStream, pendingApprovals, decide, get } = await createTestStudio(options)
    const { response, until, rest } = await runStream('refund')
    await until('tool_approval_request')
    const [approval = ''] = await pendingApprovals()
    await decide(approval, { approved: true })
    await rest()
    const run = await get(response.headers.get('location') ?? '')
    expect(run.body).toMatchObject(exceeded('runBytes', '9000 bytes'))
    expect(refunds).toEqual([input])
  })

  it('a run below its limits is not touched', async () => {
    const options = { store, turns: [{ deltas: words }], limits: { runEvents: 1_000 } }
    const { run } = await createTestStudio(options)
    expect(await run('talk')).toMatchObject({ status: 200, body: { output: words.join('') } })
  })
})
