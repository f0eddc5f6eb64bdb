import { expect, it, describe } from 'vitest'
import { a2a } from '../../../src/protocols.ts'
import { startSink } from '../../support/sink.ts'
import { eventually } from '../../support/studio.ts'
import { createScenarioFleet } from '../scenarios/studio.ts'
import { createDesk } from './desk.ts'
import { type Binding, connect, createWatcher, dataPart, say, watch } from './task-client.ts'

const bindings: readonly Binding[] = ['JSONRPC', 'HTTP+JSON']

interface Told {
  readonly task: {
    readonly status: {
      readonly message: { readonly parts: readonly { data: { approvalId: string } }[] }
    }
  }
}

/** What a client wants to be told, and where. */
const configOf = (url: string, more: object = {}) => ({
  tenant: '',
  id: '',
  taskId: '',
  url: `${url}/hook`,
  token: 'token1',
  authentication: { scheme: 'Bearer', credentials: 'credentials1' },
  ...more,
})

/** A message with a configuration. */
function sayWith(said: Parameters<typeof say>[0], url: string, more: object = {}) {
  const request = say(said, {}, { returnImmediately: true })
  return {
    ...request,
    configuration: { ...request.configuration, taskPushNotificationConfig: configOf(url, more) },
  }
}

async function createPushDesk(more: Parameters<typeof createDesk>[0] = {}) {
  const sink = await startSink()
  const push = { origins: [sink.url] }
  const desk = await createDesk({ protocols: [a2a({ push })], ...more })
  const states = () =>
    sink.at('/hook').map(({ body }) => {
      return (body as { task: { status: { state: string } } }).task.status.state
    })
  return { ...desk, sink, states }
}

describe.each(bindings)('push notifications over %s', (binding) => {
  it('a client that left is told that its task waits, and that it was completed', async () => {
    const { open, sink, states } = await createPushDesk()
    const client = await open('anna', 'support', binding)
    const answered = await client.sendMessage(sayWith('Refund A1', sink.url))
    const { id: taskId } = answered as { id: string }
    await eventually(async () => expect(states()).toEqual(['TASK_STATE_INPUT_REQUIRED']))
    expect(sink.received[0]).toMatchObject({
      headers: {
        'content-type': 'application/a2a+json',
        'a2a-version': '1.0',
        'x-a2a-notification-token': 'token1',
        authorization: 'Bearer credentials1',
      },
      body: { task: { id: taskId } },
    })
    const told = sink.received[0]?.body as Told
    const verdict = dataPart({
      approvalId: told.task.status.message.parts[0]?.data.approvalId,
      approved: true,
    })
    await client.sendMessage(say([verdict], { taskId }))
    await eventually(async () => expect(states()).toContain('TASK_STATE_COMPLETED'))
    expect(JSON.stringify(sink.received.at(-1)?.body)).toContain('Done')
  })

  it('configurations are created, read, listed and deleted, and tell none of their secrets', async () => {
    const { open, sink } = await createPushDesk()
    const client = await open('anna', 'support', binding)
    const { id: taskId } = (await client.sendMessage(say('Refund A1'))) as { id: string }
    const created = await client.createTaskPushNotificationConfig(configOf(sink.url, { taskId }))
    const named = await client.createTaskPushNotificationConfig(
      configOf(sink.url, { taskId, id: 'mine', authentication: undefined }),
    )
    expect(created).toMatchObject({ taskId, url: `${sink.url}/hook`, token: '' })
    expect(created.authentication).toEqual({ scheme: 'Bearer', credentials: '' })
    expect(created.id).not.toBe('')
    expect(named.id).toBe('mine')
    const read = await client.getTaskPushNotificationConfig({ tenant: '', taskId, id: created.id })
    expect(read).toEqual(created)
    const page = { tenant: '', taskId, pageSize: 0, pageToken: '' }
    expect((await client.listTaskPushNotificationConfig(page)).configs).toEqual([created, named])
    await client.deleteTaskPushNotificationConfig({ tenant: '', taskId, id: 'mine' })
    expect((await client.listTaskPushNotificationConfig(page)).configs).toEqual([created])
    await expect(
      client.getTaskPushNotificationConfig({ tenant: '', taskId, id: 'mine' }),
    ).rejects.toThrow('no such configuration')
  })

  it('configurations of other tenants and agents are not found', async () => {
    const { open, sink } = await createPushDesk()
    const client = await open('anna', 'support', binding)
    const { id: taskId } = (await client.sendMessage(say('Refund A1'))) as { id: string }
    const { id } = await client.createTaskPushNotificationConfig(configOf(sink.url, { taskId }))
    const missing = { name: 'TaskNotFoundError' }
    for (const stranger of [
      await open('bert', 'support', binding),
      await open('anna', 'other', binding),
    ]) {
      const one = { tenant: '', taskId, id }
      const page = { tenant: '', taskId, pageSize: 0, pageToken: '' }
      await expect(stranger.getTaskPushNotificationConfig(one)).rejects.toMatchObject(missing)
      await expect(stranger.deleteTaskPushNotificationConfig(one)).rejects.toMatchObject(missing)
      await expect(stranger.listTaskPushNotificationConfig(page)).rejects.toMatchObject(missing)
      await expect(
        stranger.createTaskPushNotificationConfig(configOf(sink.url, { taskId })),
      ).rejects.toMatchObject(missing)
    }
  })
})

describe('where notifications go', () => {
  it.each([
    ['http://169.254.169.254/latest'],
    ['http://127.0.0.1:1/hook'],
    ['file:///etc/passwd'],
    ['nowhere'],
  ])('%s is refused before a task begins', async (url) => {
    const { rpc, sink, get, headers } = await createPushDesk()
    const { body } = await rpc('SendMessage', {
      message: { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'Refund A1' }] },
      configuration: { taskPushNotificationConfig: { url } },
    })
    expect(body).toMatchObject({ error: { code: -32602 } })
    expect(JSON.stringify(body)).toContain('configuration.taskPushNotificationConfig.url')
    expect(JSON.stringify(body)).not.toContain(sink.url)
    expect((await get('/runs', { headers })).body).toMatchObject({ runs: [] })
  })

  it('credentials in a URL and line breaks in a token are refused by name', async () => {
    const { rpc, sink } = await createPushDesk()
    const { port } = new URL(sink.url)
    const send = async (config: object) =>
      JSON.stringify(
        (
          await rpc('CreateTaskPushNotificationConfig', {
            taskId: 'x',
            url: sink.url,
            ...config,
          })
        ).body,
      )
    expect(await send({ token: 'a\r\nx: y' })).toContain('"field":"token"')
    expect(await send({ authentication: { scheme: 'Be arer' } })).toContain('scheme')
    expect(await send({ url: `http://u:p@127.0.0.1:${port}/` })).toContain('Task not found')
  })

  it('a redirect is not followed', async () => {
    const { open, sink, states } = await createPushDesk()
    const other = await startSink()
    sink.answerWith(() => ({ status: 307, headers: { location: `${other.url}/hook` } }))
    await (await open()).sendMessage(sayWith('Refund A1', sink.url))
    await eventually(async () => expect(states()).toHaveLength(1))
    expect(other.received).toEqual([])
  })

  it('a task has at most ten configurations', async () => {
    const { open, sink } = await createPushDesk()
    const client = await open()
    const { id: taskId } = (await client.sendMessage(say('Refund A1'))) as { id: string }
    for (let count = 0; count < 10; count++) {
      await client.createTaskPushNotificationConfig(configOf(sink.url, { taskId }))
    }
    await expect(
      client.createTaskPushNotificationConfig(configOf(sink.url, { taskId })),
    ).rejects.toThrow('at most 10')
  })
})

describe('a receiver that fails', () => {
  it('a notification is repeated for the receiver that failed, and not for the one that was told', async () => {
    const { open, sink, clock, studio } = await createPushDesk()
    let refusals = 0
    sink.answerWith(({ path }) => ({ status: path === '/ill' && refusals++ < 2 ? 503 : 200 }))
    const client = await open()
    const { id: taskId } = (await client.sendMessage(say('Refund A1'))) as { id: string }
    await studio.tick()
    await client.createTaskPushNotificationConfig(configOf(sink.url, { taskId, id: 'well' }))
    const ill = configOf(sink.url, { taskId, id: 'ill' })
    await client.createTaskPushNotificationConfig({ ...ill, url: `${sink.url}/ill` })
    await client.cancelTask({ tenant: '', id: taskId, metadata: undefined })
    // the approval is resolved and the run ends: two facts, each refused once by one of two receivers
    await eventually(async () => {
      await studio.tick()
      expect([sink.at('/hook').length, sink.at('/ill').length]).toEqual([2, 2])
    })
    await eventually(async () => {
      clock.advance(5_000)
      await studio.tick()
      expect(sink.at('/ill')).toHaveLength(4)
    })
    clock.advance(86_400_000)
    await studio.tick()
    expect([sink.at('/hook').length, sink.at('/ill').length]).toEqual([2, 4])
  })

  it('a receiver that is gone is told no more', async () => {
    const { open, sink, states, studio } = await createPushDesk()
    sink.answerWith(() => ({ status: 410 }))
    const client = await open()
    const { id: taskId } = (await client.sendMessage(sayWith('Refund A1', sink.url))) as {
      id: string
    }
    await eventually(async () => expect(states()).toHaveLength(1))
    const page = { tenant: '', taskId, pageSize: 0, pageToken: '' }
    await eventually(async () =>
      expect((await client.listTaskPushNotificationConfig(page)).configs).toEqual([]),
    )
    await client.cancelTask({ tenant: '', id: taskId, metadata: undefined })
    await studio.tick()
    expect(states()).toHaveLength(1)
  })
})

describe('the card', () => {
  it('says push notifications only where they are sent', async () => {
    const read = async (protocols: ReturnType<typeof a2a>[]) => {
      const { get, headers } = await createDesk({ protocols })
      const { body } = await get('/a2a/support/.well-known/agent-card.json', { headers })
      return (body as { capabilities: object }).capabilities
    }
    expect(await read([a2a()])).toMatchObject({ pushNotifications: false })
    const push = { origins: ['https://client.example.com'] }
    expect(await read([a2a({ push })])).toMatchObject({ pushNotifications: true })
  })

  it.each([
    [{ origins: [] }],
    [{ origins: ['https://a.test/path'] }],
    [{ origins: ['*'] }],
    [{ origins: ['https://a.test'], retries: 3 }],
  ])('%j is refused', (push) => {
    expect(() => a2a({ push })).toThrow(/push/)
  })
})

it('a notification is delivered after the process that noted it was killed', async () => {
  const sink = await startSink(() => ({ status: 503 }))
  const fleet = await createScenarioFleet({ PUSH_ORIGIN: sink.url })
  const place = { url: fleet.url, fetch: fleet.fetch }
  const first = await connect(place)
  const asked = await watch(first, 'refund')
  const taskId = asked.id()
  await first.createTaskPushNotificationConfig(configOf(sink.url, { taskId }))
  await first.cancelTask({ tenant: '', id: taskId, metadata: undefined })
  await eventually(async () => expect(sink.received.length).toBeGreaterThan(0))
  const url = (await fleet.kill?.()) ?? ''
  sink.answerWith(() => ({ status: 200 }))
  const second = await connect({ ...place, url }) // a studio begins to work with its first request
  const before = sink.received.length
  // the test does not wait for the next attempt, or for the lease of the dead process
  await fleet.sql`update studio.outbox set due_at = now() where due_at is not null`
  await eventually(async () => expect(sink.received.length).toBeGreaterThan(before))
  expect(sink.received.at(-1)?.body).toMatchObject({
    task: { id: taskId, status: { state: 'TASK_STATE_CANCELED' } },
  })
  const shown = createWatcher()
  shown.enter(await second.getTask({ tenant: '', id: taskId }))
  expect(shown.state()).toBe('TASK_STATE_CANCELED')
}, 60_000)
