import { describe, expect, it } from 'vitest'
import { a2a } from '../../../src/protocols.ts'
import { createGate } from '../../support/agents.ts'
import {
  createTestStudio,
  eventually,
  restartStudio,
  type TestStudio,
} from '../../support/studio.ts'
import { type Binding, connect, createWatcher, say } from './task-client.ts'

const protocols = [a2a()]
const never = new Promise<never>(() => undefined)
const leaseMs = 30_000
const bindings: readonly Binding[] = ['JSONRPC', 'HTTP+JSON']

const open = ({ studio }: TestStudio, binding: Binding) =>
  connect({
    url: 'http://studio.test',
    binding,
    fetch: async (input, init) => studio.fetch(new Request(input, init)),
  })

/** Starts a task whose model stops in the middle; and waits until that is stored. */
async function startHalf(binding: Binding) {
  const first = await createTestStudio({ protocols, turns: [['Half', { wait: never }]] })
  const watcher = createWatcher()
  const client = await open(first, binding)
  const read = watcher.read(client.sendMessageStream(say('hi'))).catch((error: unknown) => error)
  await eventually(async () => {
    const log = await first.stores.runs.readLog(watcher.id(), -1, 100)
    expect(log.map(({ json }) => json).join()).toContain('Half')
  })
  return { first, watcher, read }
}

describe.each(bindings)('the stream of a task over %s', (binding) => {
  it('ends with an error when its process shuts down, and goes on in another one', async () => {
    const { first, watcher, read } = await startHalf(binding)
    await first.studio.close()
    expect(await read).toMatchObject({
      message: expect.stringContaining('subscribe to the task again') as string,
    })
    const gate = createGate()
    const turns = [['Whole ', { wait: gate.opened }, 'answer']]
    const second = await restartStudio(first, { protocols, turns })
    const ticked = second.studio.tick()
    const again = createWatcher()
    const resumed = again.read(
      (await open(second, binding)).resubscribeTask({ tenant: '', id: watcher.id() }),
    )
    await eventually(async () => expect(again.text()).toBe('Whole '))
    gate.open()
    await Promise.all([resumed, ticked])
    expect([again.state(), again.text()]).toEqual(['TASK_STATE_COMPLETED', 'Whole answer'])
  })

  it('takes back what a lost process wrote, and shows the next attempt as another artifact', async () => {
    const { first, watcher } = await startHalf(binding)
    const second = await restartStudio(first, { protocols, turns: ['Whole answer'] })
    const client = await open(second, binding)
    const again = createWatcher()
    const read = again.read(client.resubscribeTask({ tenant: '', id: watcher.id() }))
    await eventually(async () => expect(again.text()).toBe('Half'))
    first.clock.advance(leaseMs + 1)
    await Promise.all([read, second.studio.tick()])
    expect(again.seen).toEqual([
      'task TASK_STATE_WORKING',
      'turn-1=',
      'turn-1-attempt-2=Whole answer',
      'turn-1-attempt-2+',
      'TASK_STATE_COMPLETED',
    ])
    const task = await client.getTask({ tenant: '', id: watcher.id() })
    expect(task.artifacts.map(({ artifactId }) => artifactId)).toEqual(['turn-1-attempt-2'])
  })
})
