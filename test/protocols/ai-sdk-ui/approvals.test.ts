import { describe, expect, it } from 'vitest'
import type { UIMessage } from 'ai'
import { aiSdkUi } from '../../../src/protocols.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { createTestStudio, type TestStudio, type TestStudioOptions } from '../../support/studio.ts'
import { createChat } from './chat-client.ts'

const call = toolCall('refund', { orderId: 'A1', cents: 5000 }, 'r1')

async function createDesk(options: TestStudioOptions = {}) {
  const { tool, refunds } = createRefundTool({ when: () => true, reason: 'Over 10 €' })
  const turns = [[{ deltas: ['Let me see.'] }, call], 'All done']
  const studio = await createTestStudio({
    protocols: [aiSdkUi()],
    tools: [tool],
    turns,
    ...options,
  })
  return { ...studio, refunds }
}

const readMessages = async ({ get }: Pick<TestStudio, 'get'>, chatId: string) => {
  const { body } = await get(`/agents/support/chat/${chatId}`)
  return (body as { messages: UIMessage[] }).messages
}

describe('an approval in useChat', () => {
  it('that is given runs the call, and the same message goes on', async () => {
    const desk = await createDesk()
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund' })
    const { approval, input } = await client.openApproval()
    expect(input).toEqual({ orderId: 'A1', cents: 5000 })
    expect(client.finished.at(-1)?.finishReason).toBe('tool-calls')
    const messageId = client.chat.lastMessage?.id
    await client.chat.addToolApprovalResponse({ id: approval.id, approved: true })
    await client.answered()
    expect(desk.refunds).toEqual([{ orderId: 'A1', cents: 5000 }])
    expect(client.chat.messages).toHaveLength(2)
    expect(client.chat.lastMessage?.id).toBe(messageId)
    expect(client.text()).toBe('Let me see.|All done')
    expect(client.tools()).toMatchObject([{ state: 'output-available', output: 'refunded 5000' }])
    expect(desk.failures).toEqual([])
  })

  it('that is refused shows the call as denied, with the reason for the model', async () => {
    const desk = await createDesk()
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund' })
    const { approval } = await client.openApproval()
    await client.chat.addToolApprovalResponse({
      id: approval.id,
      approved: false,
      reason: 'Too much',
    })
    await client.answered()
    expect(desk.refunds).toEqual([])
    expect(client.tools()).toMatchObject([
      { state: 'output-denied', approval: { approved: false, reason: 'Too much' } },
    ])
    expect(JSON.stringify(desk.model.calls[1]?.prompt)).toContain('Too much')
  })

  it('runs the call with the arguments that the answer brings', async () => {
    const desk = await createDesk()
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund' })
    const { approval } = await client.openApproval()
    await client.chat.addToolApprovalResponse({
      id: approval.id,
      approved: true,
      options: { body: { inputs: { [approval.id]: { orderId: 'A1', cents: 4000 } } } },
    })
    await client.answered()
    expect(desk.refunds).toEqual([{ orderId: 'A1', cents: 4000 }])
    expect(client.tools()).toMatchObject([
      { input: { orderId: 'A1', cents: 4000 }, output: 'refunded 4000' },
    ])
  })

  it('is open in the messages that a page loads, and can be answered from there', async () => {
    const desk = await createDesk()
    await createChat(desk.studio, 'c1').chat.sendMessage({ text: 'refund' })
    const loaded = await readMessages(desk, 'c1')
    expect(loaded).toMatchObject([
      { role: 'user', parts: [{ type: 'text', text: 'refund' }] },
      {
        role: 'assistant',
        metadata: { status: 'waiting' },
        parts: [
          { type: 'step-start' },
          { type: 'text', text: 'Let me see.' },
          { type: 'dynamic-tool', toolName: 'refund', state: 'approval-requested' },
        ],
      },
    ])
    const client = createChat(desk.studio, 'c1', { messages: loaded })
    const { approval } = await client.openApproval()
    await client.chat.addToolApprovalResponse({ id: approval.id, approved: true })
    await client.answered()
    expect(client.text()).toBe('Let me see.|All done')
    const again = await readMessages(desk, 'c1')
    const { id, role, parts } = client.chat.lastMessage ?? {}
    expect(again[1]).toMatchObject({ id, role })
    expect(again[1]?.parts.map(({ type }) => type)).toEqual(parts?.map(({ type }) => type))
    expect(again[1]?.parts).toMatchObject([
      {},
      {},
      { state: 'output-available', output: 'refunded 5000', approval: { approved: true } },
      {},
      { text: 'All done' },
    ])
  })

  it('that somebody else refused stays refused, and the message shows it', async () => {
    const desk = await createDesk()
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund' })
    const { approval } = await client.openApproval()
    await desk.decide(approval.id, { approved: false })
    await client.chat.addToolApprovalResponse({ id: approval.id, approved: true })
    await client.answered()
    expect(desk.refunds).toEqual([])
    expect(client.tools()).toMatchObject([{ state: 'output-denied' }])
  })

  it('refuses a new message until it is answered', async () => {
    const desk = await createDesk()
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund' })
    const { approval } = await client.openApproval()
    await client.chat.sendMessage({ text: 'and?' })
    expect(client.statuses).toEqual([200, 409])
    expect(client.chat.error?.message).toContain(approval.id)
  })

  it('with several calls is decided in one request', async () => {
    const calls = [call, toolCall('refund', { orderId: 'A2', cents: 1 }, 'r2')]
    const desk = await createDesk({ turns: [calls, 'Done'] })
    const client = createChat(desk.studio, 'c1')
    await client.chat.sendMessage({ text: 'refund both' })
    await client.openApproval()
    for (const { approval } of client.tools()) {
      const id = approval?.id ?? ''
      await client.chat.addToolApprovalResponse({ id, approved: true })
    }
    await client.answered()
    expect(client.statuses).toEqual([200, 200])
    expect(desk.refunds.map(({ cents }) => cents).toSorted()).toEqual([1, 5000])
    expect(client.tools().map(({ state }) => state)).toEqual([
      'output-available',
      'output-available',
    ])
  })
})
