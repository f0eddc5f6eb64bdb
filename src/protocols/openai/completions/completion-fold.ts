import { addUsage, noUsage, type Usage } from '../../../records/usage.ts'
import type { LoggedEvent } from '../../shared/run-events.ts'
import type { View } from '../../shared/view.ts'
import { noRetry, refusal } from '../api-errors.ts'
import {
  type CompletionFacts,
  type CompletionFinish,
  toCompletionFinish,
  toCompletionUsage,
  waitingText,
} from './completion-object.ts'

/** Gathers the events of a run to one completion. What a lost process wrote of a turn is dropped. */
export interface CompletionFold extends View<never> {
  /** @throws StudioError when the run failed, was cancelled, or goes on elsewhere. */
  read(): object
}

interface TurnText {
  text: string
  reasoning: string
}

export function createCompletionFold(facts: CompletionFacts, runId: string): CompletionFold {
  const turns: TurnText[] = []
  const waiting = new Map<string, string>()
  let turn: TurnText = { text: '', reasoning: '' }
  let usage: Usage = noUsage
  let finish: CompletionFinish | null = null
  let failure: { code: string; message: string } | null = null

  const take = (event: LoggedEvent): void => {
    switch (event.type) {
      case 'turn_start':
        turn = { text: '', reasoning: '' }
        return
      case 'text_delta':
        turn.text += event.delta
        return
      case 'reasoning_delta':
        turn.reasoning += event.delta
        return
      case 'turn_end':
        turns.push(turn)
        usage = addUsage(usage, event.usage)
        return
      case 'tool_approval_request':
        return void waiting.set(event.approval.id, event.approval.toolName)
      case 'tool_approval_result':
        return void waiting.delete(event.approval.id)
      case 'run_waiting':
        turns.push({ text: waitingText(runId, waiting), reasoning: '' })
        finish = 'stop'
        return
      case 'final':
        usage = event.usage
        finish = toCompletionFinish(event.finishReason)
        return
      case 'error':
        failure = { code: event.error.code, message: event.error.message }
        return
      case 'cancelled':
        failure = { code: 'cancelled', message: 'The run was cancelled.' }
    }
  }
  return {
    begin: () => [],
    event(event) {
      if (finish === null) take(event)
      return []
    },
    end: () => [],
    isOver: () => finish !== null || failure !== null,
    read() {
      const place = { headers: noRetry }
      if (failure)
        throw refusal('internal_error', failure.message, { code: failure.code, ...place })
      if (finish !== null) return toCompletion(facts, { turns, finish, usage })
      const message = `The run ${runId} goes on elsewhere.`
      throw refusal('unavailable', message, { ...place, code: 'interrupted' })
    },
  }
}

function toCompletion(
  { id, created, model }: CompletionFacts,
  ended: { turns: readonly TurnText[]; finish: CompletionFinish; usage: Usage },
) {
  const { turns, finish, usage } = ended
  const join = (texts: string[]) => texts.filter((text) => text !== '').join('\n\n')
  const content = join(turns.map(({ text }) => text))
  const reasoning = join(turns.map((turn) => turn.reasoning))
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content,
          refusal: null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
        },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: toCompletionUsage(usage),
  }
}
