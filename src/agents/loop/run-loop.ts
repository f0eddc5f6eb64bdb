import { type AssistantMessage, messageText } from '../../records/message.ts'
import { titleFromPrompt } from '../../records/session.ts'
import type { CommitResult } from '../../storage/store.ts'
import { endRun, timeoutError } from './end-run.ts'
import { runToolPhase } from './tool-calls.ts'
import { runTurn } from './turn.ts'
import type { Work } from './run-state.ts'

/** Takes a claimed run on from wherever its messages say it is: model turn, tool calls, next turn, until it ends or waits. */
export async function drive(work: Work): Promise<CommitResult> {
  for (;;) {
    const reason = work.stopReason()
    if (reason === 'shutdown' || !work.engine.accepting())
      return work.journal.write({ release: { to: 'yield' } })
    if (reason === 'timeout') return endRun(work, { status: 'failed', error: timeoutError(work) })
    if (reason !== null) return endRun(work, { status: 'cancelled' })

    const answer = lastAnswer(work)
    if (work.messages.length === 0) begin(work)
    else if (answer && !answer.content.some((part) => part.type === 'tool_call')) {
      const result = await endRun(work, { status: 'succeeded', output: messageText(answer) })
      if (!result.refused) return result
    } else if (answer) {
      if ((await runToolPhase(work)) === 'waiting') return waitForApprovals(work)
    } else if (work.turn >= work.run.input.maxTurns) {
      return endRun(work, { status: 'failed', error: maxTurnsError(work.run.input.maxTurns) })
    } else {
      const failure = await runTurn(work)
      if (failure) return endRun(work, failure)
    }
  }
}

/** The model's answer, when it came last; a prompt may be an assistant's message too. */
function lastAnswer({ messages }: Work): AssistantMessage | null {
  const last = messages.at(-1)
  return last && last.turn > 0 && last.message.role === 'assistant' ? last.message : null
}

/** The prompt joins the conversation when its turn has come, not before. */
function begin(work: Work): void {
  const { prompt } = work.run.input
  const message = { turn: 0, message: prompt }
  const title = titleFromPrompt(messageText(prompt))
  work.messages.push(message)
  work.journal.stage({ messages: [message], ...(title === null ? {} : { title }) })
}

async function waitForApprovals(work: Work): Promise<CommitResult> {
  const result = await work.journal.write({ release: { to: 'wait' } })
  const expiries = [...work.approvals.values()].flatMap(({ status, expiresAt }) =>
    status === 'pending' && expiresAt !== null ? [Date.parse(expiresAt) - work.skewMs] : [],
  )
  if (expiries.length > 0) void work.engine.dispatcher.wake(work.run.id, Math.min(...expiries))
  return result
}

function maxTurnsError(maxTurns: number) {
  const message = `The run used all of its ${maxTurns} turns without coming to an answer`
  return { code: 'max_turns', name: 'MaxTurnsError', message } as const
}
