import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/studio.ts'
import { createDesk, refundCalls } from './desk.ts'
import { type Binding, createWatcher, dataPart, send, textPart, watch } from './task-client.ts'

const bindings: readonly Binding[] = ['JSONRPC', 'HTTP+JSON']
const malformed = (message: string) => ({
  name: 'RequestMalformedError',
  message: expect.stringContaining(message) as string,
})

describe.each(bindings)('an approval over %s', (binding) => {
  it('is the question of a task that waits, and a data part decides it', async () => {
    const { open, refunds } = await createDesk()
    const client = await open('anna', 'support', binding)
    const asked = await watch(client, 'refund')
    expect(asked.seen.at(-1)).toBe('TASK_STATE_INPUT_REQUIRED')
    const known = {
      toolName: 'refund',
      toolCallId: 'r1',
      input: { orderId: 'A1', cents: 5000 },
      approvalId: asked.approvalId(),
    }
    expect(asked.question()).toEqual([known, expect.stringContaining('"approved": true or false')])
    const [taskId, part] = [
      asked.id(),
      dataPart({ approvalId: asked.approvalId(), approved: true }),
    ]
    const waiting = await client.getTask({ tenant: '', id: taskId })
    expect(waiting.status?.message?.parts[0]?.content?.value).toEqual(known)
    const done = await send(client, [part], { taskId })
    expect([done.id(), done.state(), done.text()]).toEqual([taskId, 'TASK_STATE_COMPLETED', 'Done'])
    expect(refunds).toEqual([{ orderId: 'A1', cents: 5000 }])
    const again = await watch(client, [part], { taskId })
    expect(again.seen).toEqual(['task TASK_STATE_COMPLETED'])
    expect(refunds).toHaveLength(1)
  })

  it('that is rejected, with a reason, goes on without the call', async () => {
    const { open, refunds, get, headers } = await createDesk()
    const client = await open('anna', 'support', binding)
    const asked = await send(client, 'refund')
    const verdict = { approvalId: asked.approvalId(), approved: false, reason: 'Too much.' }
    const done = await watch(client, [dataPart(verdict)], { taskId: asked.id() })
    expect(done.seen[0]).toMatch(/^task TASK_STATE_/)
    expect([done.state(), refunds]).toEqual(['TASK_STATE_COMPLETED', []])
    expect(await get(`/approvals/${asked.approvalId()}`, { headers })).toMatchObject({
      body: { status: 'rejected', decisionReason: 'Too much.' },
    })
    const other = dataPart({ ...verdict, approved: true })
    await expect(send(client, [other], { taskId: asked.id() })).rejects.toMatchObject({
      name: 'UnsupportedOperationError',
      message: expect.stringContaining('already rejected') as string,
    })
  })

  it('is seen by a subscriber through the decision of somebody else', async () => {
    const { open, post, headers } = await createDesk()
    const client = await open('anna', 'support', binding)
    const asked = await send(client, 'refund')
    const watcher = createWatcher()
    const read = watcher.read(client.resubscribeTask({ tenant: '', id: asked.id() }))
    await eventually(async () => expect(watcher.seen).toEqual(['task TASK_STATE_INPUT_REQUIRED']))
    await post(`/approvals/${asked.approvalId()}/decision`, { approved: true }, { headers })
    await read
    expect(watcher.seen.slice(1)).toEqual([
      'TASK_STATE_WORKING',
      'turn-2=Done',
      'turn-2+',
      'TASK_STATE_COMPLETED',
    ])
  })
})

describe('a message to a task that waits', () => {
  it('is refused with its parts named where it is text', async () => {
    const { open } = await createDesk()
    const client = await open()
    const asked = await send(client, 'refund')
    const taskId = asked.id()
    await expect(send(client, 'yes, do it', { taskId })).rejects.toMatchObject(
      malformed('waits for decisions'),
    )
    const part = dataPart({ approvalId: asked.approvalId(), approved: true })
    await expect(send(client, [part, textPart('and hurry')], { taskId })).rejects.toMatchObject(
      malformed('waits for decisions'),
    )
    await expect(send(client, [part])).rejects.toMatchObject(malformed('needs the task'))
    expect(await client.getTask({ tenant: '', id: taskId })).toMatchObject({ status: { state: 6 } })
  })

  it('decides all of its approvals, or none if one is at fault', async () => {
    const { open, refunds, rpc } = await createDesk({ turns: [refundCalls, 'Done'] })
    const client = await open()
    const asked = await send(client, 'refund')
    const [first, second] = asked.question() as { approvalId: string }[]
    const taskId = asked.id()
    const forged = { messageId: 'm', taskId, role: 'ROLE_USER' }
    const decide = (...data: object[]) =>
      rpc('SendMessage', { message: { ...forged, parts: data.map((one) => ({ data: one })) } })
    const yes = (approvalId = '') => ({ approvalId, approved: true })
    expect(await decide(yes(first?.approvalId), { ...yes('x'), approved: 'yes' })).toMatchObject({
      body: {
        error: {
          code: -32602,
          data: [{}, { fieldViolations: [{ field: 'message.parts.1.data.approved' }] }],
        },
      },
    })
    expect(await decide(yes(first?.approvalId), yes(crypto.randomUUID()))).toMatchObject({
      body: {
        error: {
          code: -32602,
          data: [{}, { fieldViolations: [{ field: 'message.parts.1.data.approvalId' }] }],
        },
      },
    })
    const edited = { ...yes(first?.approvalId), input: { orderId: 'A1', cents: 'many' } }
    expect(await decide(edited)).toMatchObject({
      body: {
        error: {
          code: -32602,
          data: [{}, { fieldViolations: [{ field: 'message.parts.0.data.input.cents' }] }],
        },
      },
    })
    expect(refunds).toEqual([])
    await decide(
      { ...yes(first?.approvalId), input: { orderId: 'A1', cents: 4 } },
      yes(second?.approvalId),
    )
    expect(refunds).toEqual([
      { orderId: 'A1', cents: 4 },
      { orderId: 'A2', cents: 7 },
    ])
  })

  it('in its context begins no other task until it is decided', async () => {
    const { open } = await createDesk()
    const client = await open()
    const asked = await send(client, 'refund', { messageId: 'm1', contextId: 'c1' })
    await expect(send(client, 'more', { contextId: 'c1' })).rejects.toMatchObject({
      name: 'UnsupportedOperationError',
      message: expect.stringContaining(asked.id()) as string,
    })
    const again = await send(client, 'refund', { messageId: 'm1', contextId: 'c1' })
    expect(again.id()).toBe(asked.id())
  })
})
