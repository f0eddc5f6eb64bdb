import { isRecord, type JsonObject } from '../lib/json.ts'
import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
import { checkOnDisconnect } from '../lib/options/on-disconnect.ts'
import { checkDuration } from '../lib/options/numbers.ts'
import type { HostedLoop } from './hosted-loop.ts'
import type { ModelSettings } from './model/call.ts'
import { isLanguageModel, type LanguageModel } from './model/language-model.ts'
import type { Tool } from './tool.ts'

/** An agent as its author writes it. */
export interface AgentSpec {
  /** Unique within a Studio and part of URLs. Trimmed; must not be empty. */
  readonly id: string
  /** Shown to people. @default the id */
  readonly name?: string
  readonly description?: string
  /** The system prompt of every model call. */
  readonly instructions?: string
  /** Any AI SDK model of specification v2, v3 or v4. */
  readonly model: LanguageModel
  /** Other models that a run can choose by their name, as `model` of its request. @default none */
  readonly models?: Readonly<Record<string, LanguageModel>>
  /** Made by `defineTool`; names are unique. @default [] */
  readonly tools?: readonly Tool[]
  /** Prompts that a user interface offers. @default [] */
  readonly quickPrompts?: readonly string[]
  /** Model calls that a run may make, 1 to 100. @default 20 */
  readonly maxTurns?: number
  /** Tool calls of one turn that run at the same time, 1 to 100. @default 1 */
  readonly toolConcurrency?: number
  /** Tool calls of one turn that run, 1 to 1,000; the model gets an error as the result of each further one. @default 128 */
  readonly maxToolCalls?: number
  /** Milliseconds that a run may take from its start; any positive number. @default no deadline */
  readonly timeoutMs?: number
  /**
   * How often a model call is repeated while nothing of its answer was received, 0 to 10: after statuses 408, 409, 425, 429
   * and 5xx, network failures and answers that were cut off. Three waits last about 30 s in all, each further one about
   * 20 s; a run with `timeoutMs` waits for at most half of the time that it has left. @default 3
   */
  readonly retries?: number
  /** What happens to a run whose client disconnects. A request's `cancelOnDisconnect` takes precedence. @default the studio's */
  readonly onDisconnect?: 'continue' | 'cancel'
  readonly settings?: ModelSettings
  /** JSON that is shown with the agent. */
  readonly metadata?: JsonObject
  /** How many of a session's newest messages the model gets; they begin at a user message. @default all */
  readonly maxHistory?: number
}

/** An agent as the run loop uses it: checked, frozen, with every default filled in. */
export interface Agent {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly instructions: string | null
  readonly model: LanguageModel
  /** The other models that a run can choose, by name. */
  readonly models: ReadonlyMap<string, LanguageModel>
  readonly tools: readonly Tool[]
  readonly quickPrompts: readonly string[]
  readonly maxTurns: number
  readonly toolConcurrency: number
  readonly maxToolCalls: number
  /** Milliseconds from a run's start; null means no deadline. */
  readonly timeoutMs: number | null
  /** How often a model call is repeated while nothing of its answer was received. */
  readonly retries: number
  /** What happens to a run whose client disconnects; null means what the studio says. */
  readonly onDisconnect: 'continue' | 'cancel' | null
  readonly settings: ModelSettings
  readonly metadata: JsonObject | null
  /** How many messages of a session the model gets; null means all. */
  readonly maxHistory: number | null
  /** The loop of another framework, which Studio advances instead of its own; absent for an agent of `defineAgent`. */
  readonly hosted?: HostedLoop
}

/**
 * Checks an agent, fills its defaults and freezes it.
 *
 * @throws TypeError for an unknown key, an empty id, a model that is not an AI SDK model, a tool that `defineTool` did not
 *   make, two tools of one name, a number out of range, or a name of a model that is empty.
 */
export function defineAgent(spec: AgentSpec): Agent {
  refuseUnknownKeys('defineAgent', spec, knownKeys, synonyms)
  const id = typeof spec.id === 'string' ? spec.id.trim() : ''
  if (id === '') throw new TypeError('An agent needs an id that is not empty')
  const { maxTurns = 20, toolConcurrency = 1, maxToolCalls = 128 } = spec
  const { timeoutMs = null, retries = 3, maxHistory = null, settings = {} } = spec
  check(id, isLanguageModel(spec.model), 'needs an AI SDK model of specification v2, v3 or v4')
  check(id, isBetween(maxTurns, 1, 100), 'needs maxTurns from 1 to 100')
  check(id, isBetween(toolConcurrency, 1, 100), 'needs toolConcurrency from 1 to 100')
  check(id, isBetween(maxToolCalls, 1, 1_000), 'needs maxToolCalls from 1 to 1000')
  if (timeoutMs !== null) checkDuration(`timeoutMs of agent "${id}"`, timeoutMs)
  check(id, isBetween(retries, 0, 10), 'needs retries from 0 to 10')
  check(id, maxHistory === null || isBetween(maxHistory, 1, Infinity), 'needs maxHistory from 1')
  refuseUnknownKeys(`settings of agent "${id}"`, settings, knownSettings, settingSynonyms)
  return Object.freeze({
    id,
    name: spec.name?.trim() || id,
    description: spec.description ?? null,
    instructions: spec.instructions?.trim() ? spec.instructions : null,
    model: spec.model,
    models: checkModels(id, spec.models ?? {}),
    tools: Object.freeze(uniqueTools(id, spec.tools ?? [])),
    quickPrompts: Object.freeze([...(spec.quickPrompts ?? [])]),
    maxTurns,
    toolConcurrency,
    maxToolCalls,
    timeoutMs,
    retries,
    onDisconnect: checkOnDisconnect(spec.onDisconnect ?? null),
    settings: Object.freeze({ ...settings }),
    metadata: spec.metadata ?? null,
    maxHistory,
  })
}

const knownKeys: KnownKeys<AgentSpec> = {
  id: true,
  name: true,
  description: true,
  instructions: true,
  model: true,
  models: true,
  tools: true,
  quickPrompts: true,
  maxTurns: true,
  toolConcurrency: true,
  maxToolCalls: true,
  timeoutMs: true,
  retries: true,
  onDisconnect: true,
  settings: true,
  metadata: true,
  maxHistory: true,
}

const knownSettings: KnownKeys<ModelSettings> = {
  temperature: true,
  maxOutputTokens: true,
  topP: true,
  topK: true,
  presencePenalty: true,
  frequencyPenalty: true,
  stopSequences: true,
  seed: true,
  toolChoice: true,
  providerOptions: true,
}

const settingSynonyms = {
  maxTokens: 'maxOutputTokens',
  max_tokens: 'maxOutputTokens',
  stop: 'stopSequences',
}

const synonyms = {
  system: 'instructions',
  systemPrompt: 'instructions',
  prompt: 'instructions',
  maxRetries: 'retries',
  maxSteps: 'maxTurns',
  stopWhen: 'maxTurns',
  timeout: 'timeoutMs',
  ...Object.fromEntries(Object.keys(knownSettings).map((key) => [key, `settings: { ${key} }`])),
  maxTokens: 'settings: { maxOutputTokens }',
}

function checkModels(id: string, models: Readonly<Record<string, LanguageModel>>) {
  check(id, typeof models === 'object' && models !== null, 'needs models as an object, by name')
  for (const [name, model] of Object.entries(models)) {
    check(
      id,
      name.trim() !== '' && name.length <= 200,
      'needs names of models of 1 to 200 characters',
    )
    check(id, isLanguageModel(model), `needs an AI SDK model as models.${name}`)
  }
  return new Map(Object.entries(models))
}

function uniqueTools(id: string, tools: readonly Tool[]): Tool[] {
  check(id, Array.isArray(tools), 'needs tools as a list of what defineTool returned')
  const names = new Set<string>()
  for (const tool of tools) {
    check(id, isTool(tool), describeForeignTool(tool))
    const { name } = tool
    check(id, !names.has(name), `has two tools named "${name}"`)
    names.add(name)
  }
  return [...tools]
}

function isTool(tool: unknown): boolean {
  const methods = ['describeInput', 'parseInput', 'execute']
  return (
    isRecord(tool) && 'name' in tool && methods.every((name) => typeof tool[name] === 'function')
  )
}

/** The tools of the AI SDK have no name and call their schema `inputSchema`, or `parameters` in version 4. */
function describeForeignTool(tool: unknown): string {
  const isForeign = isRecord(tool) && ('inputSchema' in tool || 'parameters' in tool)
  if (!isForeign) return 'has a tool that defineTool did not make'
  return 'has a tool of another library: make it with defineTool({ name, description, input: itsSchema, execute })'
}

function isBetween(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}

function check(id: string, holds: boolean, demand: string): void {
  if (!holds) throw new TypeError(`Agent "${id}" ${demand}`)
}
