import { messageText } from '../../records/message.ts'
import type { CommitResult } from '../../storage/store.ts'
import type { HostedLoop } from '../hosted-loop.ts'
import { endRun } from '../loop/end-run.ts'
import {
  addPrompt,
  lastAnswer,
  maxTurnsError,
  stopRun,
  waitForApprovals,
} from '../loop/run-loop.ts'
import { openCalls, type RunState } from '../loop/run-state.ts'
import { settleApprovals } from '../loop/tool-calls.ts'
import { runSegment } from './run-segment.ts'

/**
 * Advances a claimed run of a hosted agent until it ends or waits: a segment, the decisions of people, the next segment. The rows
 * say where to continue, as they do for other agents.
 */
export async function runSegments(state: RunState, loop: HostedLoop): Promise<CommitResult> {
  const { run, messages } = state
  for (;;) {
    const stopped = await stopRun(state)
    if (stopped) return stopped
    const isPaused = state.lastTurn?.pause !== undefined
    const answer = lastAnswer(messages)
    if (messages.length === 0) addPrompt(state)
    else if (isPaused && (await isWaiting(state))) return waitForApprovals(state)
    else if (answer && !isPaused) {
      const result = await endRun(state, { status: 'succeeded', output: messageText(answer) })
      if (!result.refused) return result
    } else if (state.turn >= run.input.maxTurns) {
      return endRun(state, { status: 'failed', error: maxTurnsError(run.input.maxTurns) })
    } else {
      const failure = await runSegment(state, loop)
      if (failure) return endRun(state, failure)
    }
  }
}

/** Applies the decisions that are there. The framework gets all decisions of a turn at once. */
async function isWaiting(state: RunState): Promise<boolean> {
  await settleApprovals(state)
  return !state.signal.aborted && openCalls(state).some((call) => call.state === 'waiting')
}
