import { describe, expect, it } from 'vitest'
import { textAt } from '../../support/json.ts'
import { createDesk } from './desk.ts'
import { dataPart, send } from './task-client.ts'

const message = { messageId: 'm1', role: 'ROLE_USER', parts: [{ text: 'hi' }] }
const path = '/a2a/support'
const errorOf = (code: number) => ({ status: 200, body: { jsonrpc: '2.0', error: { code } } })

/** The fields that an answer names as faults. */
function fieldsOf(body: unknown): string[] {
  const { error } = body as { error: { data?: object[]; details?: object[] } }
  const found = (error.data ?? error.details)?.[1] as { fieldViolations: { field: string }[] }
  return found.fieldViolations.map(({ field }) => field)
}

describe('a request of JSON-RPC', () => {
  it('is refused with the codes of JSON-RPC where it is none', async () => {
    const { send: raw, post, headers, rpc, studio } = await createDesk()
    const text = async (body: string) => {
      const request = new Request(`http://studio.test${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body,
      })
      return { status: 200, body: (await (await studio.fetch(request)).json()) as unknown }
    }
    expect(await text('{"jsonrpc":')).toMatchObject({ body: { id: null, ...errorOf(-32700).body } })
    expect(await text('['.repeat(500))).toMatchObject(errorOf(-32700))
    expect(await post(path, [{ jsonrpc: '2.0' }], { headers })).toMatchObject(errorOf(-32600))
    const call = { jsonrpc: '2.0', id: 1, method: 'GetTask', params: { id: 'x' } }
    for (const broken of [{ jsonrpc: '1.0' }, { id: null }, { id: {} }, { params: [] }]) {
      expect(await post(path, { ...call, ...broken }, { headers })).toMatchObject(errorOf(-32600))
    }
    expect(await rpc('toString', {})).toMatchObject(errorOf(-32601))
    expect(await rpc('message/send', { message })).toMatchObject({ body: { id: 'r' } })
    const form = await raw('POST', path, { headers: { ...headers, 'content-type': 'text/plain' } })
    expect(form.status).toBe(415)
    expect(await post('/a2a/nobody', call, { headers })).toMatchObject({ status: 404 })
  })

  it('needs version 1.0, as a header or in the address', async () => {
    const { rpc, post, get, headers } = await createDesk()
    const { authorization } = headers
    for (const version of ['', '0.3', '1.1', '2.0', '1.0-beta', 'x'.repeat(1000)]) {
      expect(await rpc('ListTasks', {}, { 'a2a-version': version })).toMatchObject(errorOf(-32009))
    }
    const none = { headers: { authorization } }
    expect(await get('/a2a/support/v1/tasks', none)).toMatchObject({
      status: 400,
      body: {
        error: { status: 'FAILED_PRECONDITION', details: [{ reason: 'VERSION_NOT_SUPPORTED' }] },
      },
    })
    expect(await get('/a2a/support/v1/tasks?A2A-Version=1.0', none)).toMatchObject({ status: 200 })
    expect(await rpc('ListTasks', {}, { 'a2a-version': '1.0.3' })).toMatchObject({
      body: { result: { tasks: [] } },
    })
    const call = { jsonrpc: '2.0', id: 1, method: 'ListTasks' }
    expect(await post(`${path}?A2A-Version=1.0`, call, none)).toMatchObject({
      body: { result: { tasks: [], totalSize: 0 } },
    })
  })

  it('is told every field at fault', async () => {
    const { rpc, post, headers } = await createDesk()
    const broken = {
      tenant: 'other',
      message: { messageId: ' ', role: 'ROLE_AGENT', parts: [], contextId: 'x'.repeat(200) },
      configuration: { historyLength: -1 },
    }
    const fields = [
      'tenant',
      'message.messageId',
      'message.contextId',
      'message.role',
      'message.parts',
      'configuration.historyLength',
    ]
    const { body } = await rpc('SendMessage', broken)
    expect(fieldsOf(body)).toEqual(fields)
    const rest = await post('/a2a/support/v1/message:send', broken, { headers })
    expect(rest.status).toBe(400)
    expect(fieldsOf(rest.body)).toEqual(fields)
    const parts = [
      {},
      { text: 'a', data: 1 },
      { raw: 'no base64!', mediaType: 'image/png' },
      { raw: 'aGk=' },
      { url: 'file:///etc/passwd', mediaType: 'application/pdf' },
      { url: 'https://files.test/a.pdf', mediaType: 'application/pdf' },
    ]
    const sent = await rpc('SendMessage', { message: { ...message, parts: parts.slice(0, 5) } })
    expect(fieldsOf(sent.body)).toEqual([
      'message.parts.0',
      'message.parts.1',
      'message.parts.2',
      'message.parts.3.mediaType',
      'message.parts.4',
    ])
    const fetched = await rpc('SendMessage', { message: { ...message, parts: parts.slice(5) } })
    expect(fieldsOf(fetched.body)).toEqual(['message.parts.0'])
    expect(fieldsOf((await rpc('ListTasks', { pageSize: 0 })).body)).toEqual(['pageSize'])
    expect(await rpc('ListTasks', { pageToken: 'forged' })).toMatchObject(errorOf(-32602))
  })

  it('gets the error of A2A for what is not supported', async () => {
    const { rpc } = await createDesk()
    const push = { taskPushNotificationConfig: { url: 'https://hooks.test' } }
    expect(await rpc('SendMessage', { message, configuration: push })).toMatchObject(
      errorOf(-32003),
    )
    for (const verb of ['Create', 'Get', 'Delete']) {
      expect(await rpc(`${verb}TaskPushNotificationConfig`, {})).toMatchObject(errorOf(-32003))
    }
    expect(await rpc('ListTaskPushNotificationConfigs', {})).toMatchObject(errorOf(-32003))
    expect(await rpc('GetExtendedAgentCard', {})).toMatchObject(errorOf(-32004))
    const since = { statusTimestampAfter: '2026-01-01T00:00:00Z' }
    expect(await rpc('ListTasks', since)).toMatchObject(errorOf(-32004))
    const modes = { acceptedOutputModes: ['image/png'] }
    expect(await rpc('SendMessage', { message, configuration: modes })).toMatchObject(
      errorOf(-32005),
    )
    for (const mode of ['text/*', '*/*', 'text/plain; charset=utf-8']) {
      const configuration = { acceptedOutputModes: ['image/png', mode], returnImmediately: true }
      const own = { ...message, messageId: mode }
      expect(await rpc('SendMessage', { message: own, configuration })).toMatchObject({
        body: { result: { task: {} } },
      })
    }
  })
})

describe('a task', () => {
  it('is not found by another tenant or agent, and is not decided by them', async () => {
    const { open, refunds, rpc } = await createDesk()
    const asked = await send(await open(), 'refund', { contextId: 'c1' })
    const [id, approvalId] = [asked.id(), asked.approvalId()]
    const verdict = [dataPart({ approvalId, approved: true })]
    const missing = { name: 'TaskNotFoundError' }
    for (const place of [['bert'], ['anna', 'other']] as const) {
      const stranger = await open(...place)
      const request = { tenant: '', id }
      await expect(stranger.getTask(request)).rejects.toMatchObject(missing)
      await expect(stranger.cancelTask({ ...request, metadata: undefined })).rejects.toMatchObject(
        missing,
      )
      await expect(stranger.resubscribeTask(request).next()).rejects.toMatchObject(missing)
      await expect(send(stranger, verdict, { taskId: id })).rejects.toMatchObject(missing)
      const own = await send(stranger, 'refund', { contextId: 'c1' })
      expect(own.id()).not.toBe(id)
      await expect(send(stranger, verdict, { taskId: own.id() })).rejects.toMatchObject({
        message: expect.stringContaining('no such approval') as string,
      })
    }
    expect(refunds).toEqual([])
    const elsewhere = { ...message, taskId: id, contextId: 'c2', parts: [{ data: { approvalId } }] }
    expect(fieldsOf((await rpc('SendMessage', { message: elsewhere })).body)).toEqual([
      'message.contextId',
    ])
  })

  it('is not found once its session was deleted, and an unknown action is none', async () => {
    const { rpc, send: raw, get, post, headers } = await createDesk()
    const { body } = await rpc('SendMessage', { message })
    const task = (body as { result: { task: { id: string; contextId: string } } }).result.task
    await rpc('CancelTask', { id: task.id })
    await raw('DELETE', `/sessions/${textAt(task, 'contextId')}`, { headers })
    expect(await rpc('GetTask', { id: task.id })).toMatchObject(errorOf(-32001))
    const rest = '/a2a/support/v1'
    expect(await get(`${rest}/tasks/${task.id}`, { headers })).toMatchObject({
      status: 404,
      body: { error: { code: 404, status: 'NOT_FOUND', details: [{ reason: 'TASK_NOT_FOUND' }] } },
    })
    for (const action of ['message:toString', `tasks/${task.id}:delete`]) {
      expect(await post(`${rest}/${action}`, {}, { headers })).toMatchObject({ status: 404 })
    }
  })

  it('is refused where there are no sessions, and at the limit of readers', async () => {
    const none = await createDesk({ sessions: false })
    expect(await none.rpc('SendMessage', { message })).toMatchObject(errorOf(-32004))
    const full = await createDesk({ limits: { tenantStreams: 1, streams: 1 } })
    const asked = await send(await full.open(), 'refund')
    const stream = (await full.open()).resubscribeTask({ tenant: '', id: asked.id() })
    await stream.next()
    const { status, headers } = await full.rpc('SubscribeToTask', { id: asked.id() })
    expect([503, 429]).toContain(status)
    expect(headers.get('retry-after')).not.toBeNull()
    await stream.return(undefined)
  })
})
