import { z } from 'zod'
import { type Agent, defineAgent } from '../../../src/agents/agent.ts'
import { defineTool, type Tool } from '../../../src/agents/tool.ts'
import type { LanguageModel } from '../../../src/agents/model/language-model.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { sleep } from '../script.ts'

/** The text in every secret of the campaign. No response, event or log line may contain it. */
export const canary = 'canary-51c7'

/** An error whose message contains secrets in the forms that drivers and providers write. */
export function secretError(): Error {
  const cause = new Error(`connect postgres://admin:${canary}@10.0.0.7:5432/app`)
  return Object.assign(new Error(`401 for Authorization: Bearer ${canary}`, { cause }), {
    responseBody: JSON.stringify({ password: canary }),
  })
}

/** Returns a promise that never settles. */
export const never = () => new Promise<never>(() => undefined)
type Controller = ReadableStreamDefaultController<unknown>

const streamOf = (
  start: (controller: Controller) => void,
  cancel = () => undefined as unknown,
) => ({
  stream: new ReadableStream<unknown>({ start, cancel: async () => void (await cancel()) }),
})

/** What models do to the library that calls them, by name. Foreign values have no type. */
const streams: Record<string, () => unknown> = {
  'never answers': never,
  'never ends': () => {
    let timer: ReturnType<typeof setInterval> | undefined
    return streamOf(
      (controller) => {
        controller.enqueue({ type: 'text-start', id: 't' })
        const say = () => controller.enqueue({ type: 'text-delta', id: 't', delta: '.' })
        timer = setInterval(say, 50)
      },
      () => clearInterval(timer),
    )
  },
  'says nothing': () => streamOf((controller) => controller.close()),
  'is silent': () => streamOf(() => undefined),
  'returns nothing': () => undefined,
  'returns an empty object': () => ({}),
  'returns a late object': () => sleep(2_500).then(() => ({})),
  'throws late': () => sleep(2_500).then(() => Promise.reject(secretError())),
  throws: () => {
    throw secretError()
  },
  'throws a text': () => Promise.reject('a text'),
  'throws nothing': () => Promise.reject(),
  'streams garbage': () =>
    streamOf((controller) => {
      for (const part of [
        null,
        7,
        'x',
        [],
        {},
        { type: 'text-delta' },
        { type: {} },
        { type: 'tool-call' },
      ]) {
        controller.enqueue(part)
      }
      controller.close()
    }),
  'breaks off': () =>
    streamOf((controller) => {
      controller.enqueue({ type: 'text-start', id: 't' })
      controller.enqueue({ type: 'text-delta', id: 't', delta: 'half' })
      controller.error(secretError())
    }),
  'rejects its cancellation': () =>
    streamOf(
      () => undefined,
      () => Promise.reject(secretError()),
    ),
}

/** What tools do, by name. */
const executions: Record<string, () => unknown> = {
  never_returns: never,
  throws_secrets: () => Promise.reject(secretError()),
  throws_nothing: () => Promise.reject(),
  returns_cycle: () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    return cycle
  },
  returns_bigint: () => ({ id: 2n ** 70n }),
  returns_function: () => () => canary,
  returns_throwing_json: () => ({
    toJSON() {
      throw secretError()
    },
  }),
  returns_much: () => 'x'.repeat(3_000_000),
  returns_half_surrogate: () => 'half \ud83d',
  returns_nul: () => 'nul \u0000',
}

/** What approval policies do, by name. */
const policies: Record<string, () => boolean | Promise<boolean>> = {
  policy_throws: () => {
    throw secretError()
  },
  policy_rejects: () => Promise.reject(secretError()),
  policy_never_answers: never,
}

const tools: readonly Tool[] = [
  ...Object.entries(executions).map(([name, execute]) =>
    defineTool({ name, description: name, input: z.object({}), timeoutMs: 1_000, execute }),
  ),
  ...Object.entries(policies).map(([name, when]) =>
    defineTool({
      name,
      description: name,
      input: z.object({}),
      approval: { when },
      execute: () => 'ran without an approval',
    }),
  ),
]

/** The prompts that the agent `unruly` understands: what its model does, or the tool that it calls. */
export const unrulyPrompts: readonly string[] = [
  ...Object.keys(streams),
  ...tools.map(({ name }) => name),
]

/** Creates the agent `unruly`, whose model does what the last prompt says. */
export function createUnrulyAgent(): Agent {
  const model: LanguageModel = {
    specificationVersion: 'v3',
    provider: 'unruly',
    modelId: 'unruly',
    // The point of these values is that they break the type.
    doStream: async (call) => play(lastText(call.prompt), call) as never,
    // Nobody cancels a stream that `doGenerate` returns, so none that speaks for ever may be among them.
    doGenerate: async (call) =>
      play(lastText(call.prompt).replace('never ends', 'never answers'), call) as never,
  }
  return defineAgent({
    id: 'unruly',
    model,
    maxTurns: 3,
    tools,
  })
}

function play(text: string, call: Parameters<LanguageModel['doStream']>[0]): unknown {
  const misbehave = streams[text]
  if (misbehave) return misbehave()
  const isAnswered = JSON.stringify(call.prompt.at(-1)).includes('tool-result')
  const turn = isAnswered ? 'done' : [{ toolCall: { id: 'c1', name: text, input: {} } }]
  return scriptedModel([turn]).doStream(call)
}

interface PromptMessage {
  readonly role: string
  readonly content: readonly { readonly type: string; readonly text?: string }[]
}

function lastText(prompt: readonly unknown[]): string {
  const user = (prompt as readonly PromptMessage[]).findLast(({ role }) => role === 'user')
  return user?.content.find(({ type }) => type === 'text')?.text ?? ''
}

const hooks: readonly (() => unknown)[] = [
  () => undefined,
  () => {
    throw new Error('onError throws')
  },
  () => Promise.reject(new Error('onError rejects')),
  never,
]
let reports = 0

/** An `onError` hook that does nothing, throws, rejects, or never resolves, in turn. */
export function unrulyHook(): unknown {
  return hooks[reports++ % hooks.length]?.()
}
