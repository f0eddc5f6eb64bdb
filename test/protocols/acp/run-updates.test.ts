import { describe, expect, it } from 'vitest'
import { createRunUpdates } from '../../../src/cli/acp/run-updates.ts'
import type { StreamedEvent } from '../../../src/client.ts'

function show(events: readonly object[], hasNotices = false) {
  const view = createRunUpdates({ runId: 'r', freeTools: new Set(['add']), hasNotices })
  return events.flatMap((event, seq) => view.event({ seq, ...event } as StreamedEvent))
}

const call = (id: string, name: string) => ({
  type: 'tool_call',
  turn: 1,
  toolCall: { type: 'tool_call', id, callId: id, function: { name, arguments: {} } },
})
const result = (toolCallId: string, fields: object) => ({
  type: 'tool_result',
  turn: 1,
  toolCallId,
  toolName: 'add',
  result: 'ok',
  ...fields,
})

describe('the updates of a run', () => {
  it('another process goes on with a turn: the text begins again in another message', () => {
    const events = [
      { type: 'turn_start', turn: 1 },
      { type: 'text_delta', turn: 1, delta: 'Ha' },
      { type: 'tool_call_delta', turn: 1, toolCallId: 'c', toolName: 'add', delta: '{' },
      { type: 'turn_start', turn: 1, attempt: 2 },
      { type: 'text_delta', turn: 1, delta: 'Hello' },
    ]
    const updates = show(events, true)
    expect(updates).toMatchObject([
      { content: { text: 'Ha' }, messageId: 'r-1-0-message' },
      { sessionUpdate: 'tool_call', toolCallId: 'c', status: 'pending' },
      { sessionUpdate: 'tool_call_update', toolCallId: 'c', status: 'failed' },
      { sessionUpdate: 'notice', severity: 'warning' },
      { content: { text: 'Hello' }, messageId: 'r-1-2-message' },
    ])
    expect(show(events).some(({ sessionUpdate }) => sessionUpdate === 'notice')).toBe(false)
  })

  it('a tool that reports progress and returns an image shows both', () => {
    const image = { type: 'image', data: 'AAEC', mediaType: 'image/jpeg' }
    const items = [{ type: 'text', text: 'Seen' }, image]
    const updates = show([
      call('c', 'look'),
      { type: 'turn_end', turn: 1 },
      { type: 'tool_progress', turn: 1, toolCallId: 'c', toolName: 'look', progress: { at: 1 } },
      result('c', { result: 'Seen\n[image:image/jpeg]', structuredResult: items }),
    ])
    expect(updates).toMatchObject([
      { sessionUpdate: 'tool_call', status: 'pending' },
      { status: 'in_progress' },
      { rawOutput: { at: 1 } },
      {
        status: 'completed',
        content: [
          { type: 'content', content: { type: 'text', text: 'Seen' } },
          { type: 'content', content: { type: 'image', data: 'AAEC', mimeType: 'image/jpeg' } },
        ],
      },
    ])
  })

  it('only calls that no person approves run at the end of the turn', () => {
    const updates = show([call('a', 'add'), call('b', 'refund'), { type: 'turn_end', turn: 1 }])
    expect(updates.slice(2)).toEqual([
      { sessionUpdate: 'tool_call_update', toolCallId: 'a', status: 'in_progress' },
    ])
  })

  it('a run that ends leaves no call open', () => {
    const updates = show([call('a', 'add'), call('b', 'refund'), { type: 'cancelled', runId: 'r' }])
    expect(updates.slice(2)).toMatchObject([
      { toolCallId: 'a', status: 'failed' },
      { toolCallId: 'b', status: 'failed' },
    ])
  })

  it('a call that the provider ran is shown without what nobody knows of it', () => {
    const hosted = (status: string) => ({
      type: 'provider_tool_call',
      turn: 1,
      toolCall: { id: 'p', name: 'web_search', status },
    })
    const [first, last] = show([hosted('running'), hosted('done')])
    expect(first).toMatchObject({ sessionUpdate: 'tool_call', status: 'in_progress' })
    expect(first).not.toHaveProperty('rawInput')
    expect(last).toEqual({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'p',
      status: 'completed',
    })
  })

  it('a text that is no object and no list stays text', () => {
    const [, , last] = show([call('a', 'x'), result('a', { result: '"17"' })])
    expect(last).toMatchObject({ rawOutput: '"17"' })
    const [, , cut] = show([call('a', 'x'), result('a', { result: '{"cut":', isError: true })])
    expect(cut).toMatchObject({ status: 'failed', rawOutput: '{"cut":' })
  })
})
