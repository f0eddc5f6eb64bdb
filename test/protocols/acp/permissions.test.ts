import { describe, expect, it } from 'vitest'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { createScenarioAgent } from '../scenarios/agent.ts'
import { type Answer, choose, dismiss, openEditor, placeOfStudio, wait } from './editor.ts'

async function openStudio() {
  const test = await createTestStudio({ agents: [createScenarioAgent()] })
  const place = placeOfStudio(test.studio)
  const pending = async () => {
    const { body } = await test.get('/approvals?status=pending')
    return (body as { approvals: { id: string; toolCallId: string }[] }).approvals
  }
  return { ...test, place, pending, open: (answer: Answer) => openEditor({ ...place, answer }) }
}

const textsOf = (call: { content?: unknown }) => JSON.stringify(call.content)

describe('a permission of ACP', () => {
  it('a rejected call fails, and the run goes on without it', async () => {
    const { open } = await openStudio()
    const editor = await open(choose('reject'))
    expect(await editor.say(await editor.open(), 'refund')).toMatchObject({
      stopReason: 'end_turn',
    })
    const id = editor.asked[0]?.toolCall.toolCallId ?? ''
    expect(editor.statuses(id)).toEqual(['pending', undefined, 'failed'])
    expect(editor.text()).toBe('Done.')
  })

  it.each([
    ['cancelled', dismiss],
    ['an option that was not offered', choose('allow_always')],
    ['an error', (() => Promise.reject(new Error('no'))) as Answer],
    ['a shape of its own', (async () => ({ approved: true })) as unknown as Answer],
  ])('an answer that is %s decides nothing: the approval stays open', async (_, answer) => {
    const { open, pending, decide } = await openStudio()
    const editor = await open(answer)
    const said = editor.say(await editor.open(), 'refund')
    await eventually(async () => expect(editor.asked).toHaveLength(1))
    const id = editor.asked[0]?.toolCall.toolCallId ?? ''
    await eventually(async () => expect(textsOf(editor.call(id))).toMatch(/stays open/))
    const [approval] = await pending()
    expect(approval?.toolCallId).toBe(id)
    await decide(approval?.id ?? '', { approved: true })
    expect(await said).toMatchObject({ stopReason: 'end_turn' })
    expect(editor.call(id)).toMatchObject({ rawOutput: { refunded: 50 } })
  })

  it('a late verdict about a call that somebody else has decided changes nothing', async () => {
    let answer = () => undefined as void
    const asked: Answer = () =>
      new Promise((resolve) => {
        answer = () => resolve({ outcome: { outcome: 'selected', optionId: 'allow' } })
      })
    const { open, pending, decide, get } = await openStudio()
    const editor = await open(asked)
    const said = editor.say(await editor.open(), 'refund')
    await eventually(async () => expect(editor.asked).toHaveLength(1))
    const [approval] = await pending()
    await decide(approval?.id ?? '', { approved: false })
    expect(await said).toMatchObject({ stopReason: 'end_turn' })
    answer()
    await editor.say(await editor.open(), 'hi')
    expect((await get(`/approvals/${approval?.id}`)).body).toMatchObject({ status: 'rejected' })
    expect(editor.reported).toEqual([])
  })

  it('a verdict that the studio does not take is told at the call', async () => {
    const { studio, pending, decide } = await openStudio()
    const editor = await openEditor({
      url: 'http://studio.test',
      async fetch(request) {
        if (!request.url.endsWith('/decision')) return studio.fetch(request)
        const error = { code: 'forbidden', message: 'Ask an operator' }
        return Response.json({ error }, { status: 403 })
      },
    })
    const said = editor.say(await editor.open(), 'refund')
    await eventually(async () => expect(editor.asked).toHaveLength(1))
    const id = editor.asked[0]?.toolCall.toolCallId ?? ''
    await eventually(async () => expect(textsOf(editor.call(id))).toMatch(/Ask an operator/))
    const [approval] = await pending()
    await decide(approval?.id ?? '', { approved: true })
    await said
  })

  it('an editor that loads a session is asked again about what waits', async () => {
    const { open, place } = await openStudio()
    const first = await open(wait)
    const sessionId = await first.open()
    void first.say(sessionId, 'refund').catch(() => undefined)
    await eventually(async () => expect(first.asked).toHaveLength(1))
    first.close()
    const second = await openEditor(place)
    await second.load(sessionId)
    await eventually(async () => expect(second.text()).toBe('Done.'))
    expect(second.asked).toMatchObject([{ sessionId, toolCall: { rawInput: { cents: 50 } } }])
    expect(second.said()).toBe('refund')
    const third = await openEditor(place)
    await third.load(sessionId)
    expect(third.text()).toBe('Done.')
    expect(third.asked).toEqual([])
  })

  it('a cancelled prompt takes its question back', async () => {
    const { open, pending } = await openStudio()
    const editor = await open(wait)
    const sessionId = await editor.open()
    const said = editor.say(sessionId, 'refund')
    await eventually(async () => expect(editor.asked).toHaveLength(1))
    await editor.cancel(sessionId)
    expect(await said).toMatchObject({ stopReason: 'cancelled' })
    const id = editor.asked[0]?.toolCall.toolCallId ?? ''
    await eventually(async () => expect(editor.taken).toEqual([id]))
    expect(editor.call(id)).toMatchObject({ status: 'failed' })
    expect(await pending()).toEqual([])
  })
})
