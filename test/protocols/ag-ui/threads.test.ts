import { describe, expect, it } from 'vitest'
import { agUi } from '../../../src/protocols.ts'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import {
  createTestStudio,
  eventually,
  restartStudio,
  type TestStudio,
} from '../../support/studio.ts'
import { fetchOf, openThread } from './thread-client.ts'

const protocols = [agUi()]
const never = new Promise<never>(() => undefined)

describe('a thread of AG-UI', () => {
  it('is shown again to a client that has none of it, with its state and open interrupts', async () => {
    const { tool } = createRefundTool()
    const turns = ['Hello', [toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')], 'done']
    const studio = await createTestStudio({ protocols, turns, tools: [tool] })
    const fetch = fetchOf(studio.studio)
    const first = openThread({ fetch })
    first.agent.state = { page: 3 }
    await first.say('hi')
    await first.say('refund')
    const again = openThread({ fetch })
    await again.run()
    expect(again.agent.state).toEqual({ page: 3 })
    expect(again.messages().map(({ role, content }) => [role, content])).toEqual([
      ['user', 'hi'],
      ['assistant', 'Hello'],
      ['user', 'refund'],
      ['assistant', undefined],
    ])
    expect(again.interrupts()).toMatchObject([{ toolCallId: 'c1' }])
    const interruptId = again.interrupts()[0]?.id ?? ''
    await again.run({ resume: [{ interruptId, status: 'cancelled' }] })
    expect(again.text()).toBe('done')
    await first.agent.abortRun()
    const third = openThread({ fetch })
    await third.run()
    expect(third.messages().map(({ id }) => id)).toEqual([
      ...new Set(third.messages().map(({ id }) => id)),
    ])
    expect(third.text()).toBe('done')
  })

  it('a run that goes on is followed from its beginning by a second client', async () => {
    const gate = createGate()
    const turns = [['Half ', { wait: gate.opened }, 'whole']]
    const studio = await createTestStudio({ protocols, turns })
    const fetch = fetchOf(studio.studio)
    const first = openThread({ fetch })
    const sent = first.say('hi')
    await eventually(async () => expect(first.text()).toBe('Half '))
    const second = openThread({ fetch })
    const followed = second.run()
    await eventually(async () => expect(second.text()).toBe('Half '))
    gate.open()
    await Promise.all([sent, followed])
    expect(second.messages().map(({ content }) => content)).toEqual(['hi', 'Half whole'])
  })

  it('a repeated request does not start a second run', async () => {
    const studio = await createTestStudio({ protocols, turns: ['Hello', 'never'] })
    const threads = Array.from({ length: 4 }, () => openThread({ fetch: fetchOf(studio.studio) }))
    await Promise.all(threads.map((thread) => thread.say('hi', { runId: 'same' })))
    expect(threads.map((thread) => thread.text())).toEqual(Array(4).fill('Hello'))
    expect(studio.model.calls).toHaveLength(1)
    const other = openThread({ fetch: fetchOf(studio.studio) })
    await other.say('hi again')
    expect(studio.model.calls).toHaveLength(2)
  })

  it('a turn that another process took over is shown without what the lost one wrote', async () => {
    const gate = createGate()
    const first = await createTestStudio({ protocols, turns: [['Half', { wait: never }]] })
    const thread = openThread({ fetch: fetchOf(first.studio) })
    const sent = thread.say('hi')
    await eventually(async () => expect(thread.text()).toBe('Half'))
    await stored(first, 'Half')
    const turns = [['Whole ', { wait: gate.opened }, 'answer']]
    const second = await restartStudio(first, { protocols, turns })
    const reader = openThread({ fetch: fetchOf(second.studio) })
    const read = reader.run()
    await eventually(async () => expect(reader.text()).toBe('Half'))
    first.clock.advance(60_000)
    const ticked = second.studio.tick()
    await stored(first, '"attempt"')
    gate.open()
    await Promise.all([read, ticked])
    expect(reader.messages().map(({ content }) => content)).toEqual(['hi', 'Whole answer'])
    thread.agent.abortRun()
    await sent.catch(() => undefined)
  })

  it('a client that leaves ends the run only where the agent says so', async () => {
    for (const [onDisconnect, status] of [
      ['cancel', 'cancelled'],
      ['continue', 'running'],
    ] as const) {
      const turns = [['Half', { wait: never }]]
      const studio = await createTestStudio({ protocols, turns, agent: { onDisconnect } })
      const thread = openThread({ fetch: fetchOf(studio.studio) })
      const sent = thread.say('hi').catch(() => undefined)
      await eventually(async () => expect(thread.text()).toBe('Half'))
      thread.agent.abortRun()
      await sent
      await eventually(async () =>
        expect((await studio.get('/runs')).body).toMatchObject({ runs: [{ status }] }),
      )
    }
  })
})

/** Waits until the log of the only run has this text. */
async function stored({ get, stores }: TestStudio, text: string): Promise<void> {
  await eventually(async () => {
    const { runs } = (await get('/runs')).body as { runs: { id: string }[] }
    const log = await stores.runs.readLog(runs[0]?.id ?? '', -1, 100)
    expect(log.map(({ json }) => json).join()).toContain(text)
  })
}
