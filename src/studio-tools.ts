import type { ToolContext } from './agents/tool-context.ts'
import type { Tool } from './agents/tool.ts'
import { StudioError } from './errors.ts'
import { readIncoming } from './http/exchange.ts'
import { type ReadToolName, readToolTexts } from './introspection/tools/read-tool-names.ts'
import { prepareJsonSchema } from './lib/json-schema.ts'
import { parseWith } from './lib/standard-schema.ts'
import type { Studio } from './studio.ts'

/** Options of `studioTools`; each has a default. */
export interface StudioToolsOptions {
  /** The `env` of a Worker, for a database that is opened for each request. @default undefined */
  readonly env?: unknown
}

/**
 * Returns the tools that read a project, for agents: schema search, models, migrations, and queries if there is a database.
 * Pass a function when the studio is created after its agents: `studioTools(() => studio)`. Calls stay in this process and
 * skip `auth`. A tool that the studio does not serve returns an error result.
 */
export function studioTools(
  studio: Studio | (() => Studio),
  { env }: StudioToolsOptions = {},
): Tool[] {
  const find = typeof studio === 'function' ? studio : () => studio
  return Object.entries(readToolTexts).map(([key, description]) => {
    const name = key as ReadToolName
    return Object.freeze({
      name,
      description,
      describeInput: async () => prepareJsonSchema(await readInput(name))(),
      parseInput: async (input: unknown) => parseWith(await readInput(name), input),
      execute: (input: unknown, context: ToolContext) =>
        execute(find(), { name, input, env }, context),
      approval: null,
      idempotent: true,
      onUnknown: 'retry',
      timeoutMs: null,
    })
  })
}

async function readInput(name: ReadToolName) {
  const { readToolInput } = await import('./introspection/tools/read-tools.ts')
  return readToolInput(name)
}

async function execute(
  { routes }: Studio,
  { name, input, env }: { name: ReadToolName; input: unknown; env: unknown },
  { signal }: ToolContext,
): Promise<unknown> {
  const route = routes.find((one) => one.name === 'tool_call')
  if (!route) throw new StudioError('unsupported_capability', 'The studio offers no tools')
  const url = `http://localhost/ai/tools/${name}/call`
  const request = new Request(url, { method: 'POST', signal })
  const host = { env, context: undefined }
  const exchange = { ...readIncoming(request, '', host), principal: null }
  const body = { arguments: input }
  const answer = await route.handle({ params: { name }, query: undefined, body }, exchange)
  return (answer as { result: unknown }).result
}
