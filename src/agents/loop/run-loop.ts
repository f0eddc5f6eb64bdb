import { type AssistantMessage, isHostedCall, messageText } from '../../records/message.ts'
import type { RunMessage } from '../../records/run.ts'
import { titleFromPrompt } from '../../records/session.ts'
import type { CommitResult } from '../../storage/store.ts'
import { endRun, limitError, timeoutError } from './end-run.ts'
import { runToolPhase } from './tool-calls.ts'
import { runTurn } from './turn.ts'
import { reportFailure, type RunState } from './run-state.ts'
import { saysWaiting } from './stillness.ts'

/**
 * Advances a claimed run until it ends or waits: a model turn, its tool calls, the next turn. The messages say where to
 * continue, so a run that was taken over needs nothing else.
 */
export async function runLoop(state: RunState): Promise<CommitResult> {
  const { run, messages } = state
  for (;;) {
    const stopped = await stopRun(state)
    if (stopped) return stopped
    const answer = lastAnswer(messages)
    if (messages.length === 0) addPrompt(state)
    else if (answer && !hasCalls(answer)) {
      const result = await endRun(state, { status: 'succeeded', output: messageText(answer) })
      if (!result.refused) return result
    } else if (answer) {
      if ((await runToolPhase(state)) === 'waiting') return waitForApprovals(state)
    } else if (state.turn >= run.input.maxTurns) {
      return endRun(state, { status: 'failed', error: maxTurnsError(run.input.maxTurns) })
    } else {
      const failure = await runTurn(state)
      if (failure) return endRun(state, failure)
    }
  }
}

/** Ends a run that has to stop, or gives it up for another process. Returns null for one that goes on. */
export async function stopRun(state: RunState): Promise<CommitResult | null> {
  const { run, journal } = state
  if (journal.fault) throw journal.fault.error
  const reason = state.stopReason()
  if (reason === 'shutdown' || !state.host.accepting()) {
    return journal.write({ release: { to: 'yield' } })
  }
  if (reason === 'timeout') return endRun(state, { status: 'failed', error: timeoutError(run) })
  if (reason === 'full') return endRun(state, { status: 'failed', error: limitError(state) })
  return reason === null ? null : endRun(state, { status: 'cancelled' })
}

function hasCalls({ content }: AssistantMessage): boolean {
  return content.some((part) => part.type === 'tool_call' && !isHostedCall(part))
}

/** Returns the last message if the model wrote it. A prompt may be an assistant's message too: its turn is 0. */
export function lastAnswer(messages: readonly RunMessage[]): AssistantMessage | null {
  const last = messages.at(-1)
  return last && last.turn > 0 && last.message.role === 'assistant' ? last.message : null
}

export function addPrompt({ run, journal, messages }: RunState): void {
  const { prompt } = run.input
  const message = { turn: 0, message: prompt }
  const title = titleFromPrompt(messageText(prompt))
  messages.push(message)
  journal.stage({ messages: [message], ...(title === null ? {} : { title }) })
}

export async function waitForApprovals(state: RunState): Promise<CommitResult> {
  const pending = [...state.approvals.values()].filter(({ status }) => status === 'pending')
  const approvalIds = pending.map(({ id }) => id)
  const events = (await saysWaiting(state)) ? [] : [{ type: 'run_waiting', approvalIds } as const]
  const result = await state.journal.write({ release: { to: 'wait' } }, events)
  const expiries = pending.flatMap(({ expiresAt }) =>
    expiresAt === null ? [] : [Date.parse(expiresAt) - state.skewMs],
  )
  if (expiries.length > 0) {
    const woken = state.host.dispatcher.wake(state.run.id, Math.min(...expiries))
    void Promise.resolve(woken).catch((error) => reportFailure(state, error))
  }
  return result
}

export function maxTurnsError(maxTurns: number) {
  const message = `The run used all of its ${maxTurns} turns without coming to an answer`
  return { code: 'max_turns', name: 'MaxTurnsError', message } as const
}
