import { z } from 'zod'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { defineAgent, defineTool, Studio } from '../../src/index.ts'
import { a2a, agUi, aiSdkUi, mcpAgents, openai } from '../../src/protocols.ts'
import { telemetry } from '../../src/telemetry.ts'
import { scriptedModel } from '../../src/testing.ts'
import { webhooks } from '../../src/webhooks.ts'

/** The members of an OpenAPI document that the scripts read. */
export interface OpenApiDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<
    Record<string, { readonly $ref?: string; readonly content?: Content }>
  >
}

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly example: unknown
  readonly required?: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

export type Content = Readonly<
  Record<
    string,
    {
      readonly schema: JsonSchema
      readonly example?: unknown
      readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
    }
  >
>
export type JsonSchema = Readonly<Record<string, unknown>>

const lookup = defineTool({
  name: 'lookup',
  description: 'Looks up nothing.',
  input: z.object({}),
  execute: () => null,
})

const fail = () => Promise.reject(new Error('nobody reads this database'))

/** A studio that has every route: an agent with a tool, a token, a workspace, and a database. */
export const fullStudio = new Studio(
  [
    defineAgent({
      id: 'support',
      model: scriptedModel([]),
      tools: [lookup],
    }),
  ],
  {
    auth: { token: 'token' },
    workspace: nodeWorkspace({ root: '.' }),
    telemetry: telemetry(),
    webhooks: webhooks([]),
    database: {
      dialect: 'postgresql',
      ping: fail,
      read: fail,
      query: fail,
      pool: () => ({ size: 1, available: 1 }),
    },
    allow: ['ai_patch', 'ai_codegen', 'ai_planner', 'metrics'],
    protocols: [
      a2a({ push: { origins: ['https://client.example.com'] } }),
      agUi(),
      aiSdkUi(),
      mcpAgents(),
      openai(),
    ],
  },
)

/** Returns the document of a studio that has everything. */
export async function makeDocument(): Promise<OpenApiDocument> {
  const headers = { authorization: 'Bearer token' }
  const response = await fullStudio.fetch('/openapi.json', { headers })
  return (await response.json()) as OpenApiDocument
}
