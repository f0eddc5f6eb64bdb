import { describe, expect, it } from 'vitest'
import { createGate } from '../../support/agents.ts'
import { askRefund, hostScripted, say } from '../../support/hosted.ts'
import { createTestStudio, eventually, restartStudio } from '../../support/studio.ts'

const refunded = ({ emit }: { emit: (event: never) => void }) => {
  const send = emit as (event: object) => void
  send({ type: 'tool_result', callId: 'refund', output: 'refunded' })
  send({ type: 'text', delta: 'Refunded.' })
  return { kind: 'ended', output: 'Refunded.' } as const
}

describe('a hosted agent', () => {
  it('streams what the framework says and does, and ends with its answer', async () => {
    const { agent, segments } = hostScripted([
      ({ emit }) => {
        emit({ type: 'reasoning', delta: 'Which order?' })
        emit({ type: 'text', delta: 'Let me see.' })
        emit({ type: 'tool_call', callId: 'c1', toolName: 'find', input: { id: 'A1' } })
        emit({ type: 'tool_result', callId: 'c1', output: { found: true } })
        return say('It is there.')({ emit } as never)
      },
    ])
    const { runStream, get } = await createTestStudio({ agents: [agent] })
    const events = await (await runStream('Where is A1?')).rest()
    expect(events.map(({ type }) => type)).toEqual([
      'turn_start',
      'reasoning_delta',
      'text_delta',
      'tool_call',
      'tool_result',
      'text_delta',
      'turn_end',
      'final',
    ])
    expect(events.at(-1)).toMatchObject({
      output: 'It is there.',
      usage: { totalTokens: 5 },
      messages: [
        { role: 'user' },
        { role: 'assistant', content: [{ type: 'reasoning' }, { type: 'text' }, { id: 'c1' }] },
        { role: 'tool', content: [{ id: 'c1', content: [{ text: '{"found":true}' }] }] },
        { role: 'assistant', content: [{ text: 'It is there.' }] },
      ],
    })
    expect(segments).toMatchObject([{ state: null, decisions: [], maxTurns: 20 }])
    expect(await get('/agents/support')).toMatchObject({ body: { durability: 'segments' } })
    expect(await get('/config')).toMatchObject({
      body: { capabilities: { approvals: { enabled: true } } },
    })
    const { body } = await get('/agents/support/runtime')
    expect(body).toMatchObject({
      framework: 'scripted',
      model: { provider: 'scripted', modelId: 'scripted-model' },
    })
    expect(JSON.stringify(body)).not.toMatch(/specificationVersion|maxToolCalls/)
  })

  it('shows its segments, tools and approvals in a trace', async () => {
    const { agent } = hostScripted([askRefund(), refunded])
    const { startRun, pendingApprovals, decide, runIn, get } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund')
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: true })
    const run = (await runIn(runId, 'succeeded')) as { trace: { traceId: string } }
    const { body } = await get(`/traces/${run.trace.traceId}`)
    const { observations } = body as { observations: { kind: string; name: string }[] }
    expect(observations.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'agent invoke_agent support',
      'generation model.turn.1',
      'approval refund',
      'tool find_order',
      'tool refund',
      'generation model.turn.2',
    ])
    expect(observations).toMatchObject([
      {},
      { metadata: { model: 'scripted-model', toolNames: ['find_order', 'refund'] } },
      { status: 'success' },
      { output: { status: 'delivered' } },
      { output: 'refunded', status: 'success' },
      { output: { content: [{ text: 'Refunded.' }] } },
    ])
  })

  it('gives the state and the decisions to the next segment, also in another process', async () => {
    const first = hostScripted([askRefund('{"cursor":7}')])
    const studio = await createTestStudio({ agents: [first.agent] })
    const runId = await studio.startRun('Refund')
    const [approvalId = ''] = await studio.pendingApprovals()
    await studio.studio.close()
    const second = hostScripted([refunded])
    const { decide, runIn, send } = await restartStudio(studio, { agents: [second.agent] })
    await decide(approvalId, { approved: true })
    await runIn(runId, 'succeeded')
    expect(second.segments).toMatchObject([
      { state: '{"cursor":7}', decisions: [{ callId: 'refund', approved: true, reason: null }] },
    ])
    const events = await (await send('GET', `/runs/${runId}/events`, {})).text()
    expect(events).toContain('refund')
    expect(events).not.toContain('cursor')
  })

  it('tells the framework why a call was rejected, and drops what it says about the call', async () => {
    const { agent, segments } = hostScripted([
      askRefund(),
      ({ emit }) => {
        emit({ type: 'tool_result', callId: 'refund', output: 'Rejected by a hook' })
        return say('Not refunded.')({ emit } as never)
      },
    ])
    const { runStream, pendingApprovals, decide } = await createTestStudio({ agents: [agent] })
    const stream = await runStream('Refund')
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: false, reason: 'Too much' })
    const events = await stream.rest()
    expect(segments[1]?.decisions).toEqual([
      { callId: 'refund', approved: false, reason: 'Too much' },
    ])
    const results = events.filter(
      ({ type, toolName }) => type === 'tool_result' && toolName === 'refund',
    )
    expect(results).toMatchObject([{ result: 'Too much', isError: true }])
  })

  it('refuses other arguments where the framework takes none, and passes them on where it does', async () => {
    const { agent, segments } = hostScripted([
      askRefund(),
      askRefund('again', { callId: 'second', allowed: ['edit'] }),
      say('Done.'),
    ])
    const { startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund')
    const [first = ''] = await pendingApprovals()
    expect(await decide(first, { approved: true, input: { cents: 1 } })).toMatchObject({
      status: 400,
      body: {
        error: {
          details: [
            { path: 'input', message: 'the framework of this agent takes no other arguments' },
          ],
        },
      },
    })
    await decide(first, { approved: true })
    const [second = ''] = await pendingApprovals()
    expect(await decide(second, { approved: true })).toMatchObject({ status: 400 })
    expect(await decide(second, { approved: false })).toMatchObject({ status: 400 })
    expect(await decide(second, { approved: true, input: [1] })).toMatchObject({ status: 400 })
    await decide(second, { approved: true, input: { cents: 4_000 } })
    await runIn(runId, 'succeeded')
    expect(segments[2]?.decisions).toMatchObject([{ approved: true, input: { cents: 4_000 } }])
  })

  it('waits for a value where the framework asks for one', async () => {
    const { agent, segments } = hostScripted([
      askRefund('state', { asksOutput: true }),
      say('Thank you.'),
    ])
    const { startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Ask')
    const [approvalId = ''] = await pendingApprovals()
    expect(await decide(approvalId, { approved: true })).toMatchObject({ status: 400 })
    await decide(approvalId, { approved: true, output: { size: 'L' } })
    await runIn(runId, 'succeeded')
    expect(segments[1]?.decisions).toMatchObject([{ approved: true, output: { size: 'L' } }])
  })

  it('asks for one call after the other where the framework does, and keeps their results together', async () => {
    const call = (callId: string) => ({ callId, toolName: 'send', input: { to: callId } })
    const { agent, segments } = hostScripted([
      ({ emit }) => {
        for (const id of ['a', 'b', 'c']) emit({ type: 'tool_call', ...call(id) })
        return { kind: 'paused', state: 'first', pending: [call('a')] }
      },
      () => ({ kind: 'paused', state: 'second', pending: [call('b')] }),
      ({ emit }) => {
        emit({ type: 'tool_result', callId: 'a', output: 'sent a' })
        emit({ type: 'tool_result', callId: 'c', output: 'sent c' })
        emit({ type: 'text', delta: 'Done.' })
        return { kind: 'ended', output: 'Done.' }
      },
    ])
    const { runStream, pendingApprovals, decide } = await createTestStudio({ agents: [agent] })
    const stream = await runStream('Send')
    const [first = ''] = await pendingApprovals()
    await decide(first, { approved: true })
    const second = await eventually(async () => {
      const [next = ''] = await pendingApprovals()
      expect(next).not.toBe(first)
      return next
    })
    await decide(second, { approved: false, reason: 'Not to b' })
    const events = await stream.rest()
    expect(segments.map(({ state, decisions }) => [state, decisions])).toMatchObject([
      [null, []],
      ['first', [{ callId: 'a', approved: true }]],
      ['second', [{ callId: 'b', approved: false }]],
    ])
    expect(segments[2]?.decisions).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({
      type: 'final',
      messages: [
        { role: 'user' },
        { role: 'assistant', content: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
        {
          role: 'tool',
          content: [
            { id: 'a', content: [{ text: 'sent a' }] },
            { id: 'b', content: [{ text: 'Not to b' }], isError: true },
            { id: 'c', content: [{ text: 'sent c' }] },
          ],
        },
        { role: 'assistant', content: [{ text: 'Done.' }] },
      ],
    })
  })

  it('counts an approval that nobody decided in time as rejected', async () => {
    const { agent, segments } = hostScripted([askRefund(), say('Too late.')], {
      approvalExpiresInMs: 1_000,
    })
    const { startRun, pendingApprovals, clock, studio, runIn } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund')
    await pendingApprovals()
    clock.advance(1_001)
    await studio.tick()
    await runIn(runId, 'succeeded')
    expect(segments[1]?.decisions).toEqual([
      { callId: 'refund', approved: false, reason: 'The approval of the tool call timed out.' },
    ])
  })

  it('gives the messages of a session to its next run, newest ones only if it says so', async () => {
    const { agent, segments } = hostScripted([say('Hello Bo.'), say('Bo.')], { maxHistory: 2 })
    const { run, createSession } = await createTestStudio({ agents: [agent] })
    const sessionId = await createSession()
    await run({ message: 'I am Bo.', sessionId })
    await run({ message: 'Who am I?', sessionId })
    expect(segments[1]?.messages).toMatchObject([
      { role: 'user', content: [{ text: 'I am Bo.' }] },
      { role: 'assistant', content: [{ text: 'Hello Bo.' }] },
      { role: 'user', content: [{ text: 'Who am I?' }] },
    ])
  })

  it('stops when its run is cancelled, keeps what it has said and closes its calls', async () => {
    const begun = createGate()
    const never = createGate()
    const { agent, segments } = hostScripted([
      async ({ emit }) => {
        emit({ type: 'tool_call', callId: 'done', toolName: 'find', input: {} })
        emit({ type: 'tool_result', callId: 'done', output: 'found' })
        emit({ type: 'text', delta: 'I have beg' })
        emit({ type: 'tool_call', callId: 'open', toolName: 'send', input: {} })
        begun.open()
        await never.opened
        return { kind: 'ended', output: 'late' }
      },
      say('Next.'),
    ])
    const { startRun, post, runIn, send, createSession, run } = await createTestStudio({
      agents: [agent],
    })
    const sessionId = await createSession()
    const runId = await startRun({ message: 'Begin', sessionId })
    await begun.opened
    await post(`/runs/${runId}/cancel`)
    await runIn(runId, 'cancelled')
    expect(segments[0]?.signal.aborted).toBe(true)
    await run({ message: 'And now?', sessionId })
    const text = JSON.stringify(segments[1]?.messages)
    expect(text).toMatch(/found.*I have beg.*outcome is unknown.*And now/)
    const events = await (await send('GET', `/runs/${runId}/events`, {})).text()
    expect(events).toMatch(/"toolCallId":"open"[^\n]*unknown/)
  })

  it('fails with the error of the framework, redacted', async () => {
    const { agent } = hostScripted([
      () => {
        throw Object.assign(new Error('No access for sk-1234567890abcdef'), { status: 401 })
      },
    ])
    const { run, failures } = await createTestStudio({ agents: [agent] })
    expect(await run('Go')).toMatchObject({
      body: { error: { details: { code: 'model_error', message: 'No access for [redacted]' } } },
    })
    expect(failures).toHaveLength(1)
  })

  it('fails when the framework has used its turns, and when its state is too long', async () => {
    const { agent } = hostScripted([
      () => ({ kind: 'max_turns' }),
      () => ({ kind: 'paused', state: 'x'.repeat(4_194_305), pending: [] }),
    ])
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run({ message: 'Go', maxTurns: 3 })).toMatchObject({
      body: { error: { details: { code: 'max_turns', message: expect.stringContaining('3') } } },
    })
    expect(await run('Go')).toMatchObject({
      body: {
        error: {
          details: { code: 'limit_exceeded', message: expect.stringContaining('4194304') },
        },
      },
    })
  })

  it('refuses tools of a client', async () => {
    const { agent } = hostScripted([])
    const { run } = await createTestStudio({ agents: [agent] })
    const clientTools = [{ name: 'map', description: 'Shows a map.', inputSchema: {} }]
    expect(await run({ message: 'Go', clientTools })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'clientTools' }] } },
    })
  })
})
