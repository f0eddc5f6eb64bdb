import { describe, expect, it } from 'vitest'
import { aiSdkUi } from '../../../src/protocols.ts'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import {
  createTestStudio,
  eventually,
  restartStudio,
  type TestStudio,
} from '../../support/studio.ts'
import { createChat } from './chat-client.ts'

const protocols = [aiSdkUi()]
const leaseMs = 30_000
/** Waits until the log of the only run has this text. */
const stored = ({ stores }: Pick<TestStudio, 'stores'>, text: string) =>
  eventually(async () => {
    const { items } = await stores.runs.list({ ...everything })
    const log = await stores.runs.readLog(items[0]?.id ?? '', -1, 100)
    expect(log.map(({ json }) => json).join()).toContain(text)
  })
const everything = {
  tenant: '',
  limit: 1,
  cursor: null,
  statuses: null,
  agentId: null,
  sessionId: null,
}
const never = new Promise<never>(() => undefined)

describe('resumeStream', () => {
  it('shows a second tab the same message while it is written', async () => {
    const gate = createGate()
    const turns = [['One ', { wait: gate.opened }, 'two']]
    const { studio } = await createTestStudio({ protocols, turns })
    const first = createChat(studio, 'c1')
    const sent = first.chat.sendMessage({ text: 'hi' })
    await eventually(async () => expect(first.text()).toBe('One '))
    const second = createChat(studio, 'c1')
    const resumed = second.chat.resumeStream()
    await eventually(async () => expect(second.text()).toBe('One '))
    gate.open()
    await Promise.all([sent, resumed])
    expect(first.text()).toBe('One two')
    expect(second.text()).toBe('One two')
    expect(second.chat.lastMessage?.id).toBe(first.chat.lastMessage?.id)
  })

  it('is answered with 204 where nothing is written', async () => {
    const { studio, send } = await createTestStudio({ protocols, turns: ['Hello'] })
    const { chat, statuses } = createChat(studio, 'c1')
    await chat.resumeStream()
    await chat.sendMessage({ text: 'hi' })
    await chat.resumeStream()
    expect(statuses).toEqual([204, 200, 204])
    expect(chat.status).toBe('ready')
    const head = await send('HEAD', '/agents/support/chat/c1/stream', {})
    expect(head.status).toBe(204)
  })

  it('shows a run that waits up to its approval, which can be answered', async () => {
    const { tool, refunds } = createRefundTool()
    const turns = [toolCall('refund', { orderId: 'A1', cents: 5 }, 'r1'), 'Done']
    const { studio } = await createTestStudio({ protocols, tools: [tool], turns })
    await createChat(studio, 'c1').chat.sendMessage({ text: 'refund' })
    const second = createChat(studio, 'c1')
    await second.chat.resumeStream()
    const { approval } = await second.openApproval()
    await second.chat.resumeStream() // again, into the same message
    expect(second.tools()).toHaveLength(1)
    await second.chat.addToolApprovalResponse({ id: approval.id, approved: true })
    await second.answered()
    expect(refunds).toHaveLength(1)
    expect(second.chat.messages).toHaveLength(1)
  })

  it('goes on in another process after the one that wrote was closed', async () => {
    const gate = createGate()
    const options = { protocols, turns: [['Half', { wait: never }]] }
    const first = await createTestStudio(options)
    const client = createChat(first.studio, 'c1')
    const sent = client.chat.sendMessage({ text: 'hi' })
    await eventually(async () => expect(client.text()).toBe('Half'))
    await first.studio.close()
    await sent
    expect(client.chat.status).toBe('error')
    const turns = [['Whole ', { wait: gate.opened }, 'answer']]
    const second = await restartStudio(first, { protocols, turns })
    const { chat, text } = createChat(second.studio, 'c1', { messages: client.chat.messages })
    const ticked = second.studio.tick()
    await stored(first, '"attempt"')
    const resumed = chat.resumeStream()
    await eventually(async () => expect(text()).toBe('Whole '))
    gate.open()
    await Promise.all([resumed, ticked])
    expect(text()).toBe('Whole answer')
    expect(chat.messages.map(({ role }) => role)).toEqual(['user', 'assistant'])
  })
})

describe.each([6, 7] as const)('a turn that another process took over, for AI SDK %i', (sdk) => {
  /** Lets a process stop in the middle of a turn, and another take the turn over while a client reads. */
  async function takeOver() {
    const gate = createGate()
    const first = await createTestStudio({ protocols, turns: [['Half', { wait: never }]] })
    const writer = createChat(first.studio, 'c1')
    const sent = writer.chat.sendMessage({ text: 'hi' })
    await eventually(async () => expect(writer.text()).toBe('Half'))
    const turns = [['Whole ', { wait: gate.opened }, 'answer']]
    const second = await restartStudio(first, { protocols: [aiSdkUi({ sdk })], turns })
    const reader = createChat(second.studio, 'c1')
    return { first, second, writer, reader, gate, sent }
  }

  it('is shown without what the lost process wrote', async () => {
    const { first, second, writer, reader, gate, sent } = await takeOver()
    first.clock.advance(leaseMs + 1)
    const ticked = second.studio.tick()
    await stored(first, '"attempt"')
    const resumed = reader.chat.resumeStream()
    await eventually(async () => expect(reader.text()).toBe('Whole '))
    gate.open()
    await Promise.all([resumed, ticked])
    expect(reader.text()).toBe('Whole answer')
    expect(reader.chat.error).toBeUndefined()
    const [sentChunks = []] = reader.chunks()
    expect(JSON.stringify(sentChunks)).not.toContain('Half')
    await writer.chat.stop()
    await sent
  })

  it('is taken back from a client that read along', async () => {
    const { first, second, writer, gate, sent } = await takeOver()
    await stored(first, 'Half')
    const response = await second.send('GET', `/agents/support/chat/c1/stream?sdk=${sdk}`, {})
    const read = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const readUntil = async (word: string) => {
      while (!text.includes(word)) {
        const { done, value = '' } = (await read?.read()) ?? { done: true }
        if (done) return
        text += value
      }
    }
    await readUntil('Half')
    first.clock.advance(leaseMs + 1)
    const ticked = second.studio.tick()
    gate.open()
    await Promise.all([readUntil('[DONE]'), ticked])
    const types = [...text.matchAll(/"type":"([a-z-]+)"/g)].map(([, type]) => type)
    const begun = ['start', 'start-step', 'text-start', 'text-delta']
    const again = ['reset-step', 'text-start', 'text-delta', 'text-delta', 'text-end']
    expect(types).toEqual(
      sdk === 7 ? [...begun, ...again, 'finish-step', 'finish'] : [...begun, 'text-end', 'error'],
    )
    await writer.chat.stop()
    await sent
  })
})
