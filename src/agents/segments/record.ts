import { toJson } from '../../lib/json.ts'
import type { AssistantMessage, ToolMessage } from '../../records/message.ts'
import type { RunError, RunMessage, ToolCall, Turn } from '../../records/run.ts'
import { addUsage } from '../../records/usage.ts'
import type { RunChange } from '../../storage/store.ts'
import type { HostedLoop, SegmentOutcome } from '../hosted-loop.ts'
import { openCalls, type RunState } from '../loop/run-state.ts'
import { concludeCall, resultEvent, toToolMessage } from '../loop/tool-result.ts'
import type { RunEvent } from '../views/events.ts'
import { toWireApproval } from '../views/resources.ts'
import { type SegmentDraft, takeEvent } from './draft.ts'
import {
  askPeople,
  type Asked,
  carryCalls,
  lastCallIds,
  placePending,
  postponeCalls,
} from './pending-calls.ts'

type Finished = Exclude<SegmentOutcome, { kind: 'max_turns' }>

/** Stores a segment that ended or paused, with its state and its approvals, in one write. */
export async function recordOutcome(
  state: RunState,
  loop: HostedLoop,
  { draft, outcome }: { readonly draft: SegmentDraft; readonly outcome: SegmentOutcome },
): Promise<void> {
  if (outcome.kind === 'max_turns') return
  const { turn } = draft.row
  const carried = outcome.kind === 'paused' ? carryCalls(draft, outcome.pending) : []
  const pending = outcome.kind === 'paused' ? placePending(draft, outcome.pending) : []
  if (outcome.kind === 'ended') addOutput(draft, outcome.output)
  const left = new Set(carried.map(({ toolCallId }) => toolCallId))
  if (outcome.kind === 'paused') for (const id of lastCallIds(draft)) left.add(id)
  const closed = closeCalls(state, turn, left)
  const messages = carried.length > 0 ? [] : toMessages(state, draft, outcome.kind === 'paused')
  const asked = pending.map((one) => askPeople(state, loop, one))
  const postponed = postponeCalls(draft, left)
  const row = toEndedRow(draft, outcome, [...asked, ...postponed])
  state.turn = turn
  state.attempt = 1
  state.replaces = false
  state.usage = addUsage(state.usage, draft.usage)
  state.finishReason = row.finishReason
  state.messages.push(...messages)
  const { usage, finishReason, firstDeltaMs } = row
  const measured = firstDeltaMs === null ? {} : { firstDeltaMs }
  await storeTurn(
    state,
    row,
    {
      messages,
      toolCalls: [...closed, ...carried, ...[...asked, ...postponed].map(({ call }) => call)],
      approvals: asked.map(({ approval }) => approval),
      usage: state.usage,
    },
    [
      ...closed.map(resultEvent),
      { type: 'turn_end', turn, usage, finishReason: finishReason ?? 'stop', ...measured },
      ...asked.map(({ approval }): RunEvent => {
        return { type: 'tool_approval_request', approval: toWireApproval(approval) }
      }),
    ],
  )
}

/** Stores a segment that failed or was stopped, with what it had done. Returns the text that it had not finished. */
export async function recordFailure(
  state: RunState,
  draft: SegmentDraft,
  error: RunError | null,
): Promise<AssistantMessage | null> {
  const { row, steps } = draft
  const last = steps.at(-1)
  const unfinished = last && !last.answered ? steps.pop() : undefined
  // A call without a result has no message: its row and its events say that it began.
  const closed = closeCalls(state, row.turn, new Set())
  const texts = unfinished?.content.filter(({ type }) => type !== 'tool_call') ?? []
  const calls = unfinished?.content.filter(({ type }) => type === 'tool_call') ?? []
  if (calls.length > 0)
    steps.push({ messageId: undefined, content: [...texts, ...calls], answered: true })
  const messages = toMessages(state, draft, false)
  state.messages.push(...messages)
  const shown = error ?? { name: 'AbortError', message: 'The segment was aborted' }
  const { name, message } = shown
  await storeTurn(
    state,
    {
      ...toEnded(draft),
      status: 'error',
      error: { name, message },
    },
    { messages, toolCalls: closed, usage: state.usage },
    closed.map(resultEvent),
  )
  if (calls.length > 0 || texts.length === 0) return null
  return { role: 'assistant', content: texts, metadata: { studio: { interrupted: true } } }
}

/** Stores a turn, and then takes the state from the turn before, which nobody needs any more. */
async function storeTurn(
  state: RunState,
  turn: Turn,
  change: RunChange,
  events: readonly RunEvent[],
): Promise<void> {
  const { lastTurn } = state
  await state.journal.write({ ...change, turn }, events)
  if (turn.status === 'success') state.lastTurn = turn
  if (!lastTurn?.pause) return
  const { pause: _, ...kept } = lastTurn
  state.journal.stage({ turn: kept })
}

/** The answer of a run is the text of its last message, which asks for nothing. */
function addOutput(draft: SegmentDraft, output: string): void {
  const { steps } = draft
  const parts = steps.at(-1)?.content ?? []
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const isAnswer = parts.length > 0 && parts.every(({ type }) => type !== 'tool_call')
  if (isAnswer && text === output) return
  const messageId = `output ${steps.length}`
  steps.push({ messageId, content: [], answered: false })
  if (output === '') steps.at(-1)?.content.push({ type: 'text', text: '' })
  else takeEvent(draft, { type: 'text', delta: output, messageId })
}

/** Gives the calls of the turns that are open a result, except those that are left for the next segment. */
function closeCalls(state: RunState, turn: number, left: ReadonlySet<string>): ToolCall[] {
  const { toolCalls } = state
  const open = [...openCalls(state), ...openCalls({ toolCalls, turn })]
  const text = state.signal.aborted
    ? 'The run was stopped while the tool was running; its outcome is unknown.'
    : 'The framework reported no result of this call.'
  return open
    .filter(({ toolCallId }) => !left.has(toolCallId))
    .map((call) => concludeCall(state, call, { text, skipped: false }))
}

/** Returns the results of the turn before, then the messages of each step. The last results of a pause come later. */
function toMessages(state: RunState, draft: SegmentDraft, isPaused: boolean): RunMessage[] {
  const { turn } = draft.row
  const before = toToolMessage(state)
  const own = draft.steps.filter(({ content }) => content.length > 0)
  const messages = own.flatMap((step, index): (AssistantMessage | ToolMessage)[] => {
    const isLast = index === own.length - 1
    const message: AssistantMessage = {
      role: 'assistant',
      content: step.content,
      ...(isLast ? { metadata: { studio: { generation: toGeneration(draft) } } } : {}),
    }
    const results = toResults(state, draft, message)
    return results.content.length === 0 || (isPaused && isLast) ? [message] : [message, results]
  })
  return [
    ...(before.content.length > 0 ? [{ turn: state.turn, message: before }] : []),
    ...messages.map((message) => ({ turn, message })),
  ]
}

function toResults(state: RunState, { row }: SegmentDraft, message: AssistantMessage): ToolMessage {
  const { toolCalls } = state
  return toToolMessage({ toolCalls, turn: row.turn, messages: [{ turn: row.turn, message }] })
}

function toGeneration({ row, usage, model }: SegmentDraft) {
  const { provider, model: asked } = row
  return { provider, model: model ?? asked, usage: toJson(usage) }
}

function toEnded(draft: SegmentDraft): Turn {
  const { row, state } = draft
  const { storeTime, toolCalls } = state
  const called = [...toolCalls.values()].filter(({ turn }) => turn === row.turn)
  return {
    ...row,
    endedAt: storeTime(),
    firstDeltaMs: draft.firstDeltaMs,
    responseModel: draft.model,
    usage: draft.usage,
    toolNames: [...new Set(called.map(({ toolName }) => toolName))],
  }
}

function toEndedRow(
  draft: SegmentDraft,
  outcome: Finished,
  left: readonly Pick<Asked, 'call' | 'paused'>[],
): Turn {
  const isPaused = outcome.kind === 'paused'
  return {
    ...toEnded(draft),
    status: 'success',
    finishReason: isPaused ? 'tool-calls' : 'stop',
    ...(isPaused
      ? {
          pause: {
            state: outcome.state,
            calls: Object.fromEntries(left.map(({ call, paused }) => [call.toolCallId, paused])),
          },
        }
      : {}),
  }
}
