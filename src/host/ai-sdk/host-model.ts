import type { LanguageModel, LanguageModelCall } from '../../agents/model/language-model.ts'
import { isRecord } from '../../lib/json.ts'
import type { Members } from './settings.ts'

/** What an agent of the AI SDK adds to each call of its model, besides what every agent can say. */
export interface CallExtras {
  /** The settings of the agent: `headers` and `reasoning` are taken. */
  readonly call: Members
  /** Members of the tools that the model gets, by the tool's name. */
  readonly tools: ReadonlyMap<string, Members>
  /** The system messages that stand for the system prompt; null keeps it. */
  readonly system: readonly object[] | null
}

/** Returns a model that gets the extras with each call. Without any it is the model itself. */
export function hostModel(
  model: LanguageModel,
  { call, tools, system }: CallExtras,
): LanguageModel {
  const members = Object.fromEntries(
    ['headers', 'reasoning'].flatMap((key) => (call[key] === undefined ? [] : [[key, call[key]]])),
  )
  if (Object.keys(members).length === 0 && tools.size === 0 && system === null) return model
  const extend = (given: LanguageModelCall): LanguageModelCall => ({
    ...given,
    ...members,
    prompt: withSystem(given.prompt, system),
    ...(given.tools === undefined ? {} : { tools: withExtras(given.tools, tools) }),
  })
  const { specificationVersion, provider, modelId } = model
  return {
    specificationVersion,
    provider,
    modelId,
    get supportedUrls() {
      return model.supportedUrls
    },
    doGenerate: (given) => model.doGenerate(extend(given)),
    doStream: (given) => model.doStream(extend(given)),
  }
}

/** The first message of a prompt is the system prompt, because the agent has one. */
function withSystem(prompt: readonly unknown[], system: readonly object[] | null) {
  return system === null ? prompt : [...system, ...prompt.slice(1)]
}

function withExtras(given: readonly unknown[], extras: ReadonlyMap<string, Members>) {
  return given.map((tool) =>
    isRecord(tool) ? { ...tool, ...extras.get(String(tool['name'])) } : tool,
  )
}
