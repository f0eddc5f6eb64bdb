import type { Message } from '../../records/message.ts'
import type { Turn } from '../../records/run.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { GenerationInput } from '../answers/trace-answers.ts'
import { present } from './resources.ts'

/** What the model calls of a run got. */
export interface GenerationInputs {
  of(turn: Turn): GenerationInput
}

/** How many characters of JSON the inputs of one trace take in all. Each turn repeats what came before it. */
const maxInputLength = 2_097_152

/**
 * Derives what each model call got from the journal of its run and the messages `before` it. A long conversation is cut at
 * its oldest end, and `omitted` counts what is missing: also what the store was not asked for.
 */
export function createInputs(
  { run, turns, messages }: RunJournal,
  agent: Agent | undefined,
  before: readonly Message[],
): GenerationInputs {
  const share = maxInputLength / Math.max(turns.length, 1)
  const tools = [...(agent?.tools ?? []), ...(run.input.clientTools ?? [])]
  const descriptions = new Map(tools.map(({ name, description }) => [name, description]))
  const earlier = run.sessionId === null ? run.input.history : before
  const sizes = new Map<Message, number>()
  const sizeOf = (message: Message) => {
    const size = sizes.get(message) ?? JSON.stringify(message).length
    sizes.set(message, size)
    return size
  }
  return {
    of({ turn, historyCount, toolNames }) {
      const own = messages.filter((one) => one.turn < turn).map(({ message }) => message)
      const given = [...earlier, ...own].slice(-Math.max(historyCount, 1))
      let left = share
      const start = given.findLastIndex((message) => (left -= sizeOf(message)) < 0) + 1
      const shown = given.slice(Math.min(start, given.length - 1))
      const omitted = historyCount - shown.length
      return present<GenerationInput>({
        instructions: agent?.instructions,
        history: shown.slice(0, -1),
        prompt: shown.at(-1),
        omitted: omitted > 0 ? omitted : null,
        tools: toolNames.map((name) =>
          present<GenerationInput['tools'][number]>({ name, description: descriptions.get(name) }),
        ),
      })
    },
  }
}
