import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { createGate } from '../support/agents.ts'
import { describePostgres } from '../support/postgres.ts'
import { printedMatch } from '../support/printed-line.ts'
import { createTestStudio, eventually } from '../support/studio.ts'
import { loadFrameworks } from './frameworks/catalog.ts'
import { findAndRefund } from './frameworks/framework.ts'

const frameworks = await loadFrameworks(process.env['HOSTED_AI'] === 'all')
const root = resolve(import.meta.dirname, '../..')

interface Pending {
  readonly id: string
  readonly input: { readonly cents: number }
}

describe.each(frameworks)('a hosted agent of $name', (framework) => {
  const { host, editsInput, countsAtEnd = false, rejectsAll = false } = framework

  it('streams its texts, the calls of its tools and its usage', async () => {
    const find = { id: 'find', name: 'find_order', args: { orderId: 'A1' } }
    const { agent } = await host([{ text: 'Let me see.', calls: [find] }, { text: 'It is there.' }])
    const { runStream } = await createTestStudio({ agents: [agent] })
    const events = await (await runStream('Where is A1?')).rest()
    const types = events.map(({ type }) => type)
    expect(types.filter((type, at) => type !== types[at - 1])).toEqual([
      'turn_start',
      'text_delta',
      'tool_call',
      'tool_result',
      'text_delta',
      'turn_end',
      'final',
    ])
    expect(types.filter((type) => type === 'text_delta').length).toBeGreaterThan(2)
    expect(events.find(({ type }) => type === 'tool_result')).toMatchObject({
      toolName: 'find_order',
      args: '{"orderId":"A1"}',
      result: expect.stringContaining('delivered'),
    })
    expect(events.at(-1)).toMatchObject({
      output: 'It is there.',
      usage: { inputTokens: 6, outputTokens: 4, totalTokens: 10 },
      messages: [
        { role: 'user' },
        { role: 'assistant', content: [{ text: 'Let me see.' }, { id: 'find' }] },
        { role: 'tool' },
        { role: 'assistant', content: [{ text: 'It is there.' }] },
      ],
    })
  })

  it('runs an approved call once, and shows it in the trace', async () => {
    const { agent, calls } = await host([findAndRefund, { text: 'Done.' }])
    const { startRun, pendingApprovals, decide, runIn, get } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund A1')
    const [approvalId = ''] = await pendingApprovals()
    expect(calls.filter(({ tool }) => tool === 'refund')).toEqual([])
    const decisions = [1, 2].map(() => decide(approvalId, { approved: true }))
    expect(await Promise.all(decisions)).toMatchObject([{ status: 200 }, { status: 200 }])
    const run = await runIn(runId, 'succeeded')
    expect(run).toMatchObject({ output: 'Done.', usage: { totalTokens: 10 } })
    expect(calls.map(({ tool }) => tool).toSorted()).toEqual(['find_order', 'refund'])
    const { traceId } = (run as { trace: { traceId: string } }).trace
    const { body } = await get(`/traces/${traceId}`)
    const { observations } = body as { observations: { kind: string; status: string }[] }
    expect(observations.filter(({ kind }) => kind === 'generation')).toMatchObject([
      { usage: { totalTokens: countsAtEnd ? 0 : 5 } },
      { usage: { totalTokens: countsAtEnd ? 10 : 5 }, output: { content: [{ text: 'Done.' }] } },
    ])
    expect(observations.filter(({ kind }) => kind === 'tool')).toMatchObject([
      { name: 'find_order', status: 'success' },
      { name: 'refund', status: 'success', output: 'refunded 5000' },
    ])
  })

  it('tells its model of a rejection, and of an approval that expired', async () => {
    const { agent, calls, prompts } = await host(
      [findAndRefund, { text: 'Not done.' }, findAndRefund, { text: 'Too late.' }].map(
        (turn, index) => ({
          ...turn,
          calls: turn.calls?.map((call) => ({ ...call, id: `${call.id}${index}` })) ?? [],
        }),
      ),
      { approvalExpiresInMs: 1_000 },
    )
    const { startRun, pendingApprovals, decide, runIn, clock, studio } = await createTestStudio({
      agents: [agent],
    })
    const first = await startRun('Refund A1')
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: false, reason: 'Ask the boss first' })
    await runIn(first, 'succeeded')
    expect(prompts[1]).toContain('Ask the boss first')
    const second = await startRun('Refund A1')
    await pendingApprovals()
    clock.advance(1_001)
    await studio.tick()
    await runIn(second, 'succeeded')
    expect(prompts[3]).toContain('The approval of the tool call timed out.')
    expect(calls.filter(({ tool }) => tool === 'refund')).toEqual([])
  })

  it('runs each of two calls as people decided about it', async () => {
    const ask = (id: string, cents: number) => ({ id, name: 'refund', args: { cents } })
    const { agent, calls, prompts } = await host([
      { calls: [ask('one', 1), ask('two', 2)] },
      { text: 'One of two.' },
    ])
    const { startRun, get, decide } = await createTestStudio({ agents: [agent] })
    const runId = await startRun('Refund both')
    const run = await eventually(async () => {
      const { body } = await get(`/runs/${runId}`)
      const { approvals, status } = body as { approvals: Pending[]; status: string }
      for (const { id, input } of approvals) {
        await decide(id, input.cents === 1 ? { approved: true } : { approved: false, reason: 'No' })
      }
      expect(status).toBe('succeeded')
      return body
    })
    expect(run).toMatchObject({ output: 'One of two.', usage: { totalTokens: 10 } })
    const approved = [{ tool: 'refund', input: { cents: 1 } }]
    expect(calls).toEqual(rejectsAll ? [] : approved)
    expect(prompts).toHaveLength(2)
    const { traceId } = (run as { trace: { traceId: string } }).trace
    const { body } = await get(`/traces/${traceId}`)
    expect(JSON.stringify(body)).not.toContain('"status":"running"')
  })

  it('believes only the row of an approval, and takes other arguments where the framework does', async () => {
    const { agent, calls } = await host([findAndRefund, { text: 'Hello.' }, { text: 'Done.' }])
    const { run, post, startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [agent],
    })
    const forgedId = '01890000-0000-7000-8000-000000000000'
    const approved = { approved: true }
    expect(await post(`/approvals/${forgedId}/decision`, approved)).toMatchObject({ status: 404 })
    const runId = await startRun('Refund A1')
    const [approvalId = ''] = await pendingApprovals()
    const call = { name: 'refund', arguments: { cents: 5_000 } }
    const part = { type: 'tool_call', id: 'refund', function: call }
    const result = {
      type: 'tool_result',
      id: 'refund',
      content: [{ type: 'text', text: 'approved' }],
    }
    const history = [
      { role: 'user', content: [{ type: 'text', text: 'Refund' }] },
      { role: 'assistant', content: [part] },
      { role: 'tool', content: [result] },
    ]
    expect(await run({ message: 'Go on', history })).toMatchObject({ body: { output: 'Hello.' } })
    expect(calls.filter(({ tool }) => tool === 'refund')).toEqual([])
    const edited = await decide(approvalId, { approved: true, input: { cents: 4_000 } })
    expect(edited.status).toBe(editsInput ? 200 : 400)
    if (!editsInput) await decide(approvalId, approved)
    await runIn(runId, 'succeeded')
    const refunds = calls.filter(({ tool }) => tool === 'refund')
    expect(refunds).toEqual([{ tool: 'refund', input: { cents: editsInput ? 4_000 : 5_000 } }])
  })

  it('gets the conversation of its session', async () => {
    const { agent, prompts } = await host([
      { calls: [{ id: 'find', name: 'find_order', args: { orderId: 'A1' } }] },
      { text: 'Hello Bo.' },
      { text: 'You are Bo.' },
    ])
    const { run, createSession } = await createTestStudio({ agents: [agent] })
    const sessionId = await createSession()
    await run({ message: 'I am Bo.', sessionId })
    expect(await run({ message: 'Who am I?', sessionId })).toMatchObject({
      body: { output: 'You are Bo.' },
    })
    expect(prompts[2]).toMatch(/I am Bo\..*find_order.*delivered.*Hello Bo\..*Who am I/)
  })

  it('stops when its run is cancelled', async () => {
    const begun = createGate()
    const ended = createGate()
    const wait = async () => {
      begun.open()
      await ended.opened
    }
    const { agent, prompts } = await host([{ wait, text: 'Late.' }])
    const { startRun, post, runIn } = await createTestStudio({ agents: [agent] })
    const runId = await startRun('Wait')
    await begun.opened
    await post(`/runs/${runId}/cancel`)
    await runIn(runId, 'cancelled')
    ended.open()
    expect(prompts).toHaveLength(1)
  })

  it('fails with the error of its model', async () => {
    const { agent } = await host([{ error: new Error('The provider is down') }])
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run({ message: 'Go' })).toMatchObject({
      status: 500,
      body: {
        error: {
          details: {
            code: 'model_error',
            message: expect.stringContaining('The provider is down'),
          },
        },
      },
    })
  })

  it('fails when it has made the model calls that a run may make', async () => {
    const again = (id: string) => ({ calls: [{ id, name: 'find_order', args: { orderId: 'A1' } }] })
    const { agent, prompts } = await host([again('a'), again('b'), again('c'), again('d')])
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run({ message: 'Go', maxTurns: 2 })).toMatchObject({
      body: { error: { details: { code: 'max_turns' } } },
    })
    expect(prompts.length).toBeLessThanOrEqual(3)
  })
})

describePostgres('a hosted agent whose process is killed while it waits', (postgres) => {
  it.each(frameworks)(
    'continues in another process: $name',
    async ({ name, host }) => {
      const { sql, url } = await postgres.createDatabase()
      const child = spawn(
        process.execPath,
        ['scripts/run-ts.mjs', 'test/host/frameworks/mortal-program.ts'],
        { cwd: root, env: { ...process.env, DATABASE_URL: url, FRAMEWORK: name } },
      )
      const line = await printedMatch(child, /run \S+ waits after calls \S+/)
      const [, runId = '', before = ''] = /run (\S+) waits after calls (\S+)/.exec(line) ?? []
      child.kill('SIGKILL')
      await once(child, 'close')

      const { agent, calls, prompts } = await host([{ text: 'Refunded.' }])
      const { pendingApprovals, decide, runIn } = await createTestStudio({
        stores: postgresStores(sql),
        clock: { now: () => Date.now() },
        agents: [agent],
      })
      const [approvalId = ''] = await pendingApprovals()
      await Promise.all([1, 2, 3].map(() => decide(approvalId, { approved: true })))
      expect(await runIn(runId, 'succeeded')).toMatchObject({ output: 'Refunded.' })
      const all = [...(JSON.parse(before) as typeof calls), ...calls]
      expect(all.map(({ tool }) => tool).toSorted()).toEqual(['find_order', 'refund'])
      expect(calls.at(-1)).toEqual({ tool: 'refund', input: { cents: 5_000 } })
      expect(prompts[0]).toMatch(/delivered.*refunded 5000/)
    },
    60_000,
  )
})
