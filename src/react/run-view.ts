import type { ApprovalInfo, StreamedEvent } from '../client/wire.ts'

/** What a component shows of a run. A new object after each change. */
export interface RunView {
  /**
   * `idle` before a run, `running` and `waiting` (for people) during it, then how it ended. `lost` says that the run could
   * not be started or read: see `error`.
   */
  readonly status: 'idle' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled' | 'lost'
  /** Null until the studio has answered. */
  readonly runId: string | null
  /** The events of the run, in order, each once, without those that became void when an instance was lost. */
  readonly events: readonly StreamedEvent[]
  /** The text so far, of all turns; after the end the answer of the run. */
  readonly text: string
  /** The approvals that the run waits for. */
  readonly approvals: readonly ApprovalInfo[]
  /** Why the run is `lost` or `failed`; null otherwise. */
  readonly error: Error | null
}

/** The view before there is a run. */
export const idleRun: RunView = {
  status: 'idle',
  runId: null,
  events: [],
  text: '',
  approvals: [],
  error: null,
}

const ends = { final: 'succeeded', error: 'failed', cancelled: 'cancelled' } as const

/** Derives the view from the events of a run. */
export function toRunView(
  runId: string | null,
  events: readonly StreamedEvent[],
  lost: Error | null,
): RunView {
  const approvals = new Map<string, ApprovalInfo>()
  let text = ''
  let status: RunView['status'] = 'running'
  let error = lost
  for (const event of events) {
    if (event.type === 'text_delta') text += event.delta
    else if (event.type === 'tool_approval_request')
      approvals.set(event.approval.id, event.approval)
    else if (event.type === 'tool_approval_result') approvals.delete(event.approval.id)
    else if (event.type === 'run_waiting') status = 'waiting'
    else if (event.type === 'run_resumed') status = 'running'
    else if (event.type === 'final' || event.type === 'error' || event.type === 'cancelled') {
      status = ends[event.type]
      approvals.clear()
      if (event.type === 'final') text = event.output
      if (event.type === 'error') error = new Error(event.error.message, { cause: event.error })
    }
  }
  if (lost) status = 'lost'
  return { status, runId, events, text, approvals: [...approvals.values()], error }
}
