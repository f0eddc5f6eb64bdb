import { z } from 'zod'
import { runStatuses } from '../../records/run.ts'
import { anyJson, anyObject, count, listOf, time } from './shared.ts'

const runner = z
  .object({ id: z.string(), name: z.string(), version: z.string() })
  .meta({ id: 'Runner', description: 'The runtime that answers.' })

/** The answer of `GET /health`. */
export const runtimeHealth = z
  .object({ status: z.literal('ok'), runner })
  .meta({ id: 'RuntimeHealth', description: 'The runtime is alive.' })

/** The answer of `GET /agents/:agentId`. */
export const agentConfig = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string().exactOptional(),
    durability: z
      .enum(['turns', 'segments'])
      .describe(
        'What a crash costs a run: `turns` the model call in progress, `segments` all work since the run began or a person decided.',
      ),
    quickPrompts: listOf(z.string()),
    models: listOf(z.string())
      .exactOptional()
      .describe('The names that a run can give as `model`, besides none for the default.'),
    metadata: z
      .object({
        staticContextCount: count,
        dynamicContextCount: count,
        dynamicToolCount: count,
        hasOutputSchema: z.boolean(),
        hasHook: z.boolean(),
        observerCount: count,
        approvalToolCount: count,
        defaultMaxTurns: z.int(),
      })
      .catchall(anyJson)
      .describe("What the agent's author says about it, and counts."),
  })
  .meta({ id: 'AgentConfig', description: 'A registered agent.' })

/** An agent as clients see it. */
export type WireAgent = z.infer<typeof agentConfig>

/** The answer of `GET /agents`. */
export const agentList = z
  .object({ agents: listOf(agentConfig) })
  .meta({ id: 'AgentList', description: 'The registered agents, in order of registration.' })

/** Only what is enabled is listed. */
const capabilities = z
  .record(z.string(), z.object({ enabled: z.literal(true) }))
  .meta({ id: 'RuntimeCapabilities', description: 'What this runtime serves, by name.' })

/** The answer of `GET /config`. */
export const runtimeConfig = z
  .object({
    ...runner.shape,
    agents: listOf(agentConfig),
    pipelines: listOf(z.never()),
    evals: listOf(z.never()),
    chat: z.object({ quickPrompts: z.record(z.string(), listOf(z.string())) }),
    capabilities,
    unsupportedCapabilities: listOf(z.enum(['sessions', 'traces'])),
  })
  .meta({ id: 'RuntimeConfig', description: 'Agents, quick prompts and enabled capabilities.' })

/** What the runtime consists of, as clients see it. */
export type WireConfig = z.infer<typeof runtimeConfig>

const runCounts = z.object(
  Object.fromEntries(runStatuses.map((status) => [status, count])) as Record<
    (typeof runStatuses)[number],
    typeof count
  >,
)

/** The answer of `GET /status`. */
export const runtimeStatus = z
  .object({
    runner,
    storage: z
      .object({
        sessions: z.string(),
        runs: z.string(),
        traces: z.string(),
        approvals: z.string(),
      })
      .partial({ sessions: true, traces: true })
      .describe('The kind of each store, such as `memory` or `postgres`.'),
    counts: z
      .object({
        agents: count,
        runs: runCounts,
        sessions: count,
        traces: count,
        approvals: z.object({ pending: count, resolved: count }),
      })
      .describe("Of the caller's tenant. A count stops at 10,000."),
    capabilities,
    generatedAt: time,
  })
  .meta({ id: 'RuntimeStatus', description: 'What the runtime consists of and holds.' })

/** The state of the runtime, as clients see it. */
export type WireStatus = z.infer<typeof runtimeStatus>

/** The answer of `GET /agents/:agentId/tools`. */
export const agentTools = z
  .object({
    agentId: z.string(),
    tools: listOf(
      z
        .object({
          agentId: z.string(),
          name: z.string(),
          description: z.string(),
          parameters: anyObject.describe('The input as JSON Schema.'),
          source: z.literal('static'),
          approval: z.object({
            required: z
              .boolean()
              .describe('True if calls wait for a person, unless a policy spares them.'),
            expiresInMs: z.number().exactOptional(),
          }),
          idempotent: z.boolean(),
          onUnknown: z.enum(['fail', 'retry', 'ask']),
          timeoutMs: z.number().exactOptional(),
        })
        .meta({ id: 'AgentTool', description: 'A tool of an agent.' }),
    ),
  })
  .meta({ id: 'AgentTools', description: 'The tools of an agent, by name.' })

/** The tools of an agent as clients see them. */
export type WireTools = z.infer<typeof agentTools>

const modelFacts = z.object({
  provider: z.string(),
  modelId: z.string(),
  specificationVersion: z
    .string()
    .exactOptional()
    .describe('Of the AI SDK; absent for a model that a framework calls.'),
})

/** The answer of `GET /agents/:agentId/runtime`. */
export const agentRuntime = z
  .object({
    agentId: z.string(),
    name: z.string(),
    description: z.string().exactOptional(),
    framework: z
      .string()
      .exactOptional()
      .describe('What runs the loop of a hosted agent; absent where Studio does.'),
    model: modelFacts,
    models: z.record(z.string(), modelFacts).describe('Those that a run can choose, by name.'),
    tools: z.object({
      total: count,
      static: count,
      dynamic: count,
      approval: count,
      mcp: count,
    }),
    contexts: z.object({ static: count, dynamic: count }),
    observerCount: count,
    hasInstructions: z.boolean(),
    hasMemory: z.boolean(),
    hasHook: z.boolean(),
    hasOutputSchema: z.boolean(),
    defaultMaxTurns: z.int(),
    limits: z.object({
      toolConcurrency: z.int().exactOptional(),
      maxToolCalls: z.int().exactOptional(),
      retries: z.int().exactOptional(),
      timeoutMs: z.number().exactOptional(),
      maxHistory: z.number().exactOptional(),
      attachmentBytes: count.describe('How long the request of a run may be, with its files.'),
    }),
    onDisconnect: z.enum(['continue', 'cancel']),
    metadata: anyObject.exactOptional(),
  })
  .meta({ id: 'AgentRuntime', description: 'How an agent runs here.' })

/** How an agent runs, as clients see it. */
export type WireRuntime = z.infer<typeof agentRuntime>

/** The answer of `POST /agents/:agentId/tools/:toolName/runs`. */
export const toolRun = z
  .object({
    agentId: z.string(),
    toolName: z.string(),
    status: z.literal('success'),
    result: z.string(),
    structuredResult: anyJson.exactOptional().describe('The items of a result with images.'),
    startedAt: time,
    endedAt: time,
    durationMs: z.number(),
    events: listOf(z.object({ type: z.literal('tool_progress'), progress: anyJson })),
  })
  .meta({ id: 'ToolRun', description: 'What one call of a tool returned.' })

/** The result of one call of a tool as clients see it. */
export type WireToolRun = z.infer<typeof toolRun>
