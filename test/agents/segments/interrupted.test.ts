import { describe, expect, it } from 'vitest'
import { createGate } from '../../support/agents.ts'
import { askRefund, hostScripted, say, type ScriptedSegment } from '../../support/hosted.ts'
import { createTestStudio, restartStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

/** A segment in the middle of a tool call, until its process is gone. */
function hang(begun: { open(): void }): ScriptedSegment {
  return async ({ emit }) => {
    emit({ type: 'tool_call', callId: 'send', toolName: 'send_mail', input: {} })
    begun.open()
    return new Promise<never>(() => undefined)
  }
}

describe.each(storeKinds)('a segment whose process stops, on $name stores', (store) => {
  it('ends the run, because what the framework did is unknown', async () => {
    const begun = createGate()
    const first = await createTestStudio({ store, agents: [hostScripted([hang(begun)]).agent] })
    const runId = await first.startRun('Send')
    await begun.opened
    await first.studio.close()
    const { agent, segments } = hostScripted([])
    const second = await restartStudio(first, { agents: [agent] })
    await second.studio.tick()
    expect(await second.runIn(runId, 'failed')).toMatchObject({
      error: {
        code: 'crashed',
        message:
          'The process stopped while the framework of the agent was running; what it did is unknown',
      },
    })
    expect(segments).toEqual([])
    const events = await (await second.send('GET', `/runs/${runId}/events`, {})).text()
    expect(events).toMatch(/"toolCallId":"send".*outcome is unknown/)
    const { body } = await second.get(`/traces?runId=${runId}`)
    expect(JSON.stringify(body)).not.toContain('"status":"running"')
  })

  it('is repeated as a whole where the agent says so, from the state and the decisions before it', async () => {
    const begun = createGate()
    const script = hostScripted([askRefund('before'), hang(begun)], { onCrash: 'retry' })
    const first = await createTestStudio({ store, agents: [script.agent] })
    const runId = await first.startRun('Send')
    const [approvalId = ''] = await first.pendingApprovals()
    await first.decide(approvalId, { approved: true })
    await begun.opened
    await first.studio.close()
    const { agent, segments } = hostScripted([say('Sent.')], { onCrash: 'retry' })
    const second = await restartStudio(first, { agents: [agent] })
    await second.studio.tick()
    await second.runIn(runId, 'succeeded')
    expect(segments).toMatchObject([
      { state: 'before', decisions: [{ callId: 'refund', approved: true }] },
    ])
    const events = await (await second.send('GET', `/runs/${runId}/events`, {})).text()
    expect(events).toContain('"type":"turn_start","turn":2,"attempt":2')
  })

  it('is not repeated more than five times', async () => {
    const tries: string[] = []
    const begin = async () => {
      const begun = createGate()
      const script = hostScripted([hang(begun)], { onCrash: 'retry' })
      return { agents: [script.agent], begun: begun.opened }
    }
    const one = await begin()
    let studio = await createTestStudio({ store, agents: one.agents })
    const runId = await studio.startRun('Send')
    await one.begun
    for (let attempt = 2; attempt <= 5; attempt++) {
      await studio.studio.close()
      const next = await begin()
      studio = await restartStudio(studio, { agents: next.agents })
      const ticked = studio.studio.tick()
      await next.begun
      tries.push(`attempt ${attempt}`)
      void ticked
    }
    await studio.studio.close()
    const last = await begin()
    studio = await restartStudio(studio, { agents: last.agents })
    await studio.studio.tick()
    expect(await studio.runIn(runId, 'failed')).toMatchObject({
      error: { code: 'crashed', message: 'The run lost its process 5 times in the same segment' },
    })
    expect(tries).toHaveLength(4)
  })

  it('keeps no state once the next segment is stored', async () => {
    const { agent } = hostScripted([askRefund('a secret of the framework'), say('Done.')])
    const { stores, startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      store,
      agents: [agent],
    })
    const runId = await startRun('Refund')
    const [approvalId = ''] = await pendingApprovals()
    const [waiting] = await stores.runs.journals([runId])
    expect(waiting?.turns[0]?.pause).toEqual({
      state: 'a secret of the framework',
      calls: { refund: { callId: 'refund', allowed: ['approve', 'reject'] } },
    })
    await decide(approvalId, { approved: true })
    await runIn(runId, 'succeeded')
    const [ended] = await stores.runs.journals([runId])
    expect(JSON.stringify(ended)).not.toContain('a secret')
  })
})
