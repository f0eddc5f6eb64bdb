import { TaskState } from '@a2a-js/sdk'
import { describe, expect, it } from 'vitest'
import { a2a } from '../../../src/protocols.ts'
import { createGate } from '../../support/agents.ts'
import { createTestStudio, eventually, type TestStudioOptions } from '../../support/studio.ts'
import { type Binding, connect, createWatcher, say, send, watch } from './task-client.ts'

const bindings: readonly Binding[] = ['JSONRPC', 'HTTP+JSON']

async function createDesk(options: TestStudioOptions, binding: Binding = 'JSONRPC') {
  const desk = await createTestStudio({ protocols: [a2a()], ...options })
  const fetch: typeof globalThis.fetch = async (input, init) =>
    desk.studio.fetch(new Request(input, init))
  return { ...desk, client: await connect({ url: 'http://studio.test', fetch, binding }) }
}

const list = {
  tenant: '',
  contextId: '',
  status: 0,
  pageToken: '',
  statusTimestampAfter: undefined,
}
/** The messages of users in a prompt. */
const usersIn = (prompt: readonly unknown[] = []) =>
  (prompt as readonly { role: string }[]).filter(({ role }) => role === 'user')
const contentOf = (message: unknown) => (message as { content?: unknown } | undefined)?.content
const png = Buffer.from('iVBORw0KGgo=', 'base64')
const more = { metadata: undefined, filename: '' }

describe.each(bindings)('a task over %s', (binding) => {
  it('comes first in a stream, then its state, its text piece by piece, and its end', async () => {
    const turns = [{ deltas: ['Hel', 'lo'] }]
    const { client } = await createDesk({ turns }, binding)
    const shown = await watch(client, 'hi')
    expect(shown.seen).toEqual([
      'task TASK_STATE_SUBMITTED',
      'TASK_STATE_WORKING',
      'turn-1=Hel',
      'turn-1+lo',
      'turn-1+',
      'TASK_STATE_COMPLETED',
    ])
    const task = await client.getTask({ tenant: '', id: shown.id() })
    expect(task.artifacts).toMatchObject([
      { artifactId: 'turn-1', parts: [{ content: { value: 'Hello' } }] },
    ])
  })

  it('is one conversation with the other tasks of its context', async () => {
    const { client, model } = await createDesk({ turns: ['One', 'Two', 'Three'] }, binding)
    const first = await send(client, 'a', { contextId: 'my-context' })
    expect(first.contextId()).toBe('my-context')
    const second = await send(client, 'b', { contextId: 'my-context' })
    expect(second.contextId()).toBe('my-context')
    expect(usersIn(model.calls[1]?.prompt)).toHaveLength(2)
    const alone = await send(client, 'c')
    expect(usersIn(model.calls[2]?.prompt)).toHaveLength(1)
    const page = await client.listTasks({ ...list, contextId: alone.contextId() })
    expect(page.tasks.map(({ id }) => id)).toEqual([alone.id()])
  })

  it('is started once, however often its message is sent', async () => {
    const { client, model } = await createDesk({ turns: ['One', 'Two'] }, binding)
    const first = await send(client, 'hi', { messageId: 'm1' })
    const again = await send(client, 'hi', { messageId: 'm1' })
    const streamed = await watch(client, 'hi', { messageId: 'm1' })
    expect([again.id(), streamed.id()]).toEqual([first.id(), first.id()])
    expect(streamed.seen).toEqual(['task TASK_STATE_COMPLETED'])
    expect(model.calls).toHaveLength(1)
    await expect(send(client, 'other', { messageId: 'm1' })).rejects.toMatchObject({
      name: 'RequestMalformedError',
      message: expect.stringContaining('sent with other content') as string,
    })
  })

  it('is answered at once with returnImmediately, and read until it has ended', async () => {
    const gate = createGate()
    const { client } = await createDesk({ turns: [[{ wait: gate.opened }, 'Late']] }, binding)
    const sent = await send(client, 'hi', {}, { returnImmediately: true })
    expect(['TASK_STATE_SUBMITTED', 'TASK_STATE_WORKING']).toContain(sent.state())
    gate.open()
    await eventually(async () => {
      const task = await client.getTask({ tenant: '', id: sent.id() })
      expect(task.status?.state).toBe(TaskState.TASK_STATE_COMPLETED)
    })
  })

  it('shows as much of its history as the client asks for', async () => {
    const { client } = await createDesk({ turns: ['Hello'] }, binding)
    const { task } = await send(client, 'hi', { messageId: 'm1' })
    const said = [{ messageId: 'm1', parts: [{ content: { $case: 'text', value: 'hi' } }] }]
    expect(task.history).toMatchObject(said)
    const without = await client.getTask({ tenant: '', id: task.id, historyLength: 0 })
    expect(without.history).toEqual([])
    const whole = await client.listTasks({ ...list, historyLength: 1, includeArtifacts: true })
    expect(whole.tasks).toMatchObject([{ history: said, artifacts: [{ artifactId: 'turn-1' }] }])
    expect((await client.listTasks(list)).tasks).toMatchObject([{ history: [], artifacts: [] }])
  })

  it('gives the model the files and data of its message, and shows them in the history', async () => {
    const { client, model } = await createDesk({ turns: ['Seen'] }, binding)
    const parts = [
      { content: { $case: 'raw', value: png } as const, ...more, mediaType: 'image/png' },
      {
        content: { $case: 'raw', value: Buffer.from('%PDF') } as const,
        ...more,
        filename: 'a.pdf',
        mediaType: 'application/pdf',
      },
      { content: { $case: 'data', value: { order: 17 } } as const, ...more, mediaType: '' },
    ]
    const { task } = await send(client, parts)
    expect(JSON.stringify(model.calls[0]?.prompt.at(-1))).toContain('{\\"order\\":17}')
    expect(contentOf(model.calls[0]?.prompt.at(-1))).toMatchObject([
      { type: 'file', mediaType: 'image/png' },
      { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf' },
      { type: 'text' },
    ])
    expect(task.history[0]?.parts).toMatchObject([
      { content: { $case: 'raw', value: png }, mediaType: 'image/png' },
      { content: { $case: 'raw' }, filename: 'a.pdf', mediaType: 'application/pdf' },
      { content: { $case: 'text', value: '{"order":17}' } },
    ])
  })

  it('is listed in pages, by state and context', async () => {
    const turns = ['One', 'Two', { error: 'out of order' }]
    const { client } = await createDesk({ turns, agent: { retries: 0 } }, binding)
    const ids = []
    for (const text of ['a', 'b', 'c']) ids.unshift((await send(client, text)).id())
    const first = await client.listTasks({ ...list, pageSize: 2 })
    expect(first).toMatchObject({ pageSize: 2, totalSize: 3 })
    const rest = await client.listTasks({ ...list, pageSize: 2, pageToken: first.nextPageToken })
    expect([...first.tasks, ...rest.tasks].map(({ id }) => id)).toEqual(ids)
    expect(rest.nextPageToken).toBe('')
    const failed = await client.listTasks({ ...list, status: TaskState.TASK_STATE_FAILED })
    expect(failed.tasks.map(({ id }) => id)).toEqual([ids[0]])
    const rejected = await client.listTasks({ ...list, status: TaskState.TASK_STATE_REJECTED })
    expect(rejected).toMatchObject({ tasks: [], totalSize: 0 })
  })

  it('that has ended is neither cancelled nor subscribed to', async () => {
    const { client } = await createDesk({ turns: ['Hello'] }, binding)
    const id = (await send(client, 'hi')).id()
    const cancelled = client.cancelTask({ tenant: '', id, metadata: undefined })
    await expect(cancelled).rejects.toMatchObject({ name: 'TaskNotCancelableError' })
    const stream = createWatcher().read(client.resubscribeTask({ tenant: '', id }))
    await expect(stream).rejects.toMatchObject({ name: 'UnsupportedOperationError' })
    const more = client.sendMessage(say('more', { taskId: id }))
    await expect(more).rejects.toMatchObject({ name: 'UnsupportedOperationError' })
  })

  it('of our own protocol is a task too, and its context is its session', async () => {
    const { client, run, createSession } = await createDesk({ turns: ['One', 'Two'] }, binding)
    const sessionId = await createSession()
    await run({ message: 'hi', sessionId, metadata: { contextId: 'forged', note: 'kept' } })
    const { tasks } = await client.listTasks(list)
    expect(tasks).toMatchObject([{ contextId: sessionId, metadata: { note: 'kept' } }])
    const next = await send(client, 'more', { contextId: sessionId })
    expect(next.contextId()).toBe(sessionId)
  })
})
