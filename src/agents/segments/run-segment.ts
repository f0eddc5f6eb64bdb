import { abortable } from '../../lib/deadline.ts'
import { errorStatus } from '../../lib/failures/error-causes.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { Message } from '../../records/message.ts'
import { maxAttempts, type RunError, type Turn } from '../../records/run.ts'
import { addUsage, noUsage } from '../../records/usage.ts'
import type { HostedLoop, SegmentOutcome } from '../hosted-loop.ts'
import type { Ending } from '../loop/end-run.ts'
import { maxTurnsError } from '../loop/run-loop.ts'
import { agentOf, reportFailure, type RunState } from '../loop/run-state.ts'
import { limitHistory, stopError } from '../loop/turn.ts'
import { closeHistory } from '../model/messages.ts'
import { closeAttempt, readDecisions, startApproved } from './decisions.ts'
import { createSegmentDraft, type SegmentDraft, takeEvent } from './draft.ts'
import { recordFailure, recordOutcome } from './record.ts'

/** In characters. Every later claim of the run reads the state. */
const maxStateLength = 4_194_304

/** Advances the framework once and records what came of it. Returns how the run ends if that failed, otherwise null. */
export async function runSegment(state: RunState, loop: HostedLoop): Promise<Ending | null> {
  const turn = state.turn + 1
  const { unfinished, attempt } = state
  const wasInterrupted = unfinished?.turn === turn
  if (wasInterrupted) closeAttempt(state, turn)
  if (wasInterrupted && (loop.onCrash === 'fail' || attempt > maxAttempts)) {
    const error = crashedError(attempt)
    state.journal.stage({
      turn: { ...unfinished, status: 'error', endedAt: state.storeTime(), error },
    })
    return { status: 'failed', error }
  }
  if (state.signal.aborted) return null // the loop decides what follows
  const { journal, lease, signal, run } = state
  const messages = toConversation(state)
  const row = toRow(state, loop, messages.length)
  const decisions = readDecisions(state)
  emitStart(state, messages)
  // Stored before the framework begins, so that the next owner knows that it may have done something.
  await journal.write({ turn: row, toolCalls: startApproved(state) })
  if (signal.aborted || !(await lease.confirm())) return null
  const draft = createSegmentDraft(state, row)
  try {
    const { id: runId, agentId, sessionId, input } = run
    const advancing = loop.advance({
      runId,
      agentId,
      sessionId,
      messages,
      state: state.lastTurn?.pause?.state ?? null,
      decisions,
      maxTurns: input.maxTurns,
      metadata: input.metadata,
      signal,
      emit: (event) => takeEvent(draft, event),
    })
    const outcome = await abortable(advancing, signal)
    const error = outcomeError(outcome, input.maxTurns)
    if (error) return await failSegment(state, draft, error)
    await recordOutcome(state, loop, { draft, outcome })
    return null
  } catch (error) {
    return stopSegment(state, draft, error)
  } finally {
    draft.isClosed = true
  }
}

function emitStart(state: RunState, messages: readonly Message[]): void {
  const { journal, run, turn, attempt, replaces } = state
  journal.emit({
    type: 'turn_start',
    turn: turn + 1,
    ...(attempt > 1 || replaces ? { attempt } : {}),
    ...(run.input.verbose
      ? { prompt: messages.at(-1) ?? run.input.prompt, history: messages.slice(0, -1) }
      : {}),
  })
}

/** Decides what becomes of a run whose segment threw, or was stopped. */
async function stopSegment(
  state: RunState,
  draft: SegmentDraft,
  cause: unknown,
): Promise<Ending | null> {
  if (state.journal.lost || state.journal.fault) throw cause
  const reason = state.stopReason()
  // The row stays as it is: the next owner learns from it that the segment was interrupted.
  if (reason === 'shutdown' || reason === 'lost' || reason === 'unstorable') return null
  if (reason === 'cancelled')
    return { ...(await failSegment(state, draft, null)), status: 'cancelled' }
  if (reason === null) reportFailure(state, cause)
  const status = errorStatus(cause)
  const failure: RunError = {
    code: 'model_error',
    ...toPublicError(cause),
    ...(status === null ? {} : { status }),
  }
  return failSegment(state, draft, stopError(state) ?? failure)
}

async function failSegment(
  state: RunState,
  draft: SegmentDraft,
  error: RunError | null,
): Promise<Ending> {
  state.usage = addUsage(state.usage, draft.usage)
  const partial = await recordFailure(state, draft, error)
  return { status: 'failed', partial, ...(error ? { error } : {}) }
}

function outcomeError(outcome: SegmentOutcome, maxTurns: number): RunError | null {
  if (outcome.kind === 'max_turns') return maxTurnsError(maxTurns)
  if (outcome.kind === 'ended' || outcome.state.length <= maxStateLength) return null
  const message = `The state of the framework has ${outcome.state.length} characters; at most ${maxStateLength} are kept while a run waits`
  return { code: 'limit_exceeded', name: 'SegmentStateError', message }
}

function crashedError(attempt: number): RunError {
  const message =
    attempt > maxAttempts
      ? `The run lost its process ${maxAttempts} times in the same segment`
      : 'The process stopped while the framework of the agent was running; what it did is unknown'
  return { code: 'crashed', name: 'CrashedError', message }
}

function toConversation(state: RunState): readonly Message[] {
  const { history, messages } = state
  const { maxHistory } = agentOf(state)
  const own = messages.map(({ message }) => message)
  return closeHistory([...limitHistory(history, maxHistory), ...own])
}

function toRow(state: RunState, { framework }: HostedLoop, historyCount: number): Turn {
  const { provider, modelId } = agentOf(state).model
  return {
    turn: state.turn + 1,
    attempt: state.attempt,
    spanId: state.host.ids.hex(16),
    status: 'running',
    startedAt: state.storeTime(),
    endedAt: null,
    firstDeltaMs: null,
    provider: provider || framework,
    model: modelId,
    responseId: null,
    responseModel: null,
    finishReason: null,
    usage: noUsage,
    historyCount,
    toolNames: [],
    retries: [],
    error: null,
  }
}
