import type { z } from 'zod'
import type { approval, approvalPage } from '../agents/answers/approval-answers.ts'
import type {
  agentConfig,
  agentList,
  agentRuntime,
  agentTools,
  runtimeConfig,
  runtimeHealth,
  runtimeStatus,
} from '../agents/answers/catalog-answers.ts'
import type { streamEvent } from '../agents/answers/event-answers.ts'
import type { run, runPage, runResult } from '../agents/answers/run-answers.ts'
import type { session, sessionPage, sessionReading } from '../agents/answers/session-answers.ts'
import type { trace, tracePage, traceSummary } from '../agents/answers/trace-answers.ts'
import type {
  contextSummarySchema,
  handshakeSchema,
  healthSchema,
  migrationListSchema,
  migrationsSummarySchema,
} from '../introspection/studio/studio-answers.ts'
import type {
  contextModelSchema,
  fullContextSchema,
  modelListSchema,
} from '../introspection/context/context-answers.ts'
import type { objectListSchema } from '../introspection/database/wire.ts'
import type {
  diagnosticsSchema,
  inspectedModelSchema,
} from '../introspection/panels/panels-answers.ts'
import type {
  schemaDiffSchema,
  schemaHealthSchema,
  schemaIssuesSchema,
} from '../introspection/schema/schema-answers.ts'
import type { queryResultSchema } from '../introspection/query/execute.ts'
import type { queryPlanSchema } from '../introspection/query/plan.ts'
import type {
  planDescriptionSchema,
  queryModelsSchema,
} from '../introspection/query/query-answers.ts'
import type { toolResultSchema, toolsSchema } from '../introspection/tools/tools-answers.ts'
import type { runRequestSchema } from '../agents/http/creation/run-request.ts'
import type { codegenResultSchema } from '../change/codegen/codegen-answers.ts'
import type { codegenBodySchema } from '../change/codegen/parse-request.ts'
import type { patchResultSchema } from '../change/patch/patch-answers.ts'
import type { patchRequestSchema } from '../change/patch/request.ts'
import type {
  changePageSchema,
  changeSetSchema,
  changeSummarySchema,
} from '../change/sets/change-answers.ts'
import type { planBodySchema } from '../change/plan/parse-plan.ts'
import type { planResultSchema } from '../change/plan/plan-answers.ts'
import type { ConflictReason } from '../change/sets/state.ts'

/** The answer of each route that takes neither parameters in its path nor a body. */
export interface Answers {
  readonly '/health': z.infer<typeof runtimeHealth>
  readonly '/config': z.infer<typeof runtimeConfig>
  readonly '/status': z.infer<typeof runtimeStatus>
  readonly '/agents': z.infer<typeof agentList>
  readonly '/sessions': z.infer<typeof sessionPage>
  readonly '/runs': z.infer<typeof runPage>
  readonly '/traces': z.infer<typeof tracePage>
  readonly '/approvals': z.infer<typeof approvalPage>
  readonly '/studio/handshake': z.infer<typeof handshakeSchema>
  readonly '/studio/context/summary': z.infer<typeof contextSummarySchema>
  readonly '/studio/health': z.infer<typeof healthSchema>
  readonly '/studio/migrations/summary': z.infer<typeof migrationsSummarySchema>
  readonly '/studio/migrations': z.infer<typeof migrationListSchema>
  readonly '/studio/diagnostics': z.infer<typeof diagnosticsSchema>
  readonly '/ai/context/full': z.infer<typeof fullContextSchema>
  readonly '/ai/context/models': z.infer<typeof modelListSchema>
  readonly '/ai/schema/health': z.infer<typeof schemaHealthSchema>
  readonly '/ai/schema/issues': z.infer<typeof schemaIssuesSchema>
  readonly '/ai/schema/diff': z.infer<typeof schemaDiffSchema>
  readonly '/ai/tools': z.infer<typeof toolsSchema>
  readonly '/ai/query/models': z.infer<typeof queryModelsSchema>
  readonly '/ai/changes': z.infer<typeof changePageSchema>
  readonly '/openapi.json': OpenApiDocument
}

/** An agent, its prompts and facts. */
export type AgentInfo = z.infer<typeof agentConfig>
/** The tools of an agent, with their schemas and approval policies. */
export type AgentTools = z.infer<typeof agentTools>
/** What an agent runs on: model, limits and counts. */
export type AgentRuntime = z.infer<typeof agentRuntime>
/** A run in its current state. */
export type RunInfo = z.infer<typeof run>
/** What a run produced, in a buffered answer. */
export type RunResult = z.infer<typeof runResult>
/** The body that starts a run; the client itself chooses how it is answered. */
export type RunBody = Omit<z.input<typeof runRequestSchema>, 'stream'>
/** A conversation without its messages. */
export type SessionInfo = z.infer<typeof session>
/** A conversation with its messages and its transcript. */
export type SessionReading = z.infer<typeof sessionReading>
/** A tool call that waits, or waited, for a person. */
export type ApprovalInfo = z.infer<typeof approval>
/** A trace without its observations. */
export type TraceInfo = z.infer<typeof traceSummary>
/** A trace with its observations. */
export type TraceDetail = z.infer<typeof trace>
/** A model with its fields and relations both ways, and the keys, indexes and checks of its table. */
export type ModelDetail = z.infer<typeof contextModelSchema>
/** A model as a statement that creates its table, with the labels of its enums. */
export type ModelInspection = z.infer<typeof inspectedModelSchema>
/** A kind of database objects that can be listed, such as `triggers`. */
export type DatabaseObjectKind = z.infer<typeof objectListSchema>['kind']
/** One object of a list, by its kind. */
export type DatabaseObject<Kind extends DatabaseObjectKind> = Extract<
  z.infer<typeof objectListSchema>,
  { readonly kind: Kind }
>['items'][number]

/** A query of the rows of one model: names and values, never SQL. */
export type RowQuery = z.input<typeof queryPlanSchema> & { readonly explain?: boolean }
/** The rows of a query, or how the server would find them. */
export type QueryRows = z.infer<typeof queryResultSchema>
/** What a query may contain: its JSON Schema and the lookups. */
export type QueryDescription = z.infer<typeof planDescriptionSchema>
/** What a tool of the project returned. */
export type ToolCallResult = z.infer<typeof toolResultSchema>

/** Edits of files, to be previewed. */
export type PatchBody = z.input<typeof patchRequestSchema>
/** What edits of files change, or changed, and the change set to decide on. */
export type PatchInfo = z.infer<typeof patchResultSchema>
/** Changes of the tables of an app, by name and value: `{ app, changes: [{ op: 'add_column', … }] }`. */
export type ModelChangeBody = Extract<
  z.input<typeof codegenBodySchema>,
  { readonly changes: unknown }
>
/** The files of the migration that changes of the tables need, and the change set to decide on. */
export type ModelChangeInfo = z.infer<typeof codegenResultSchema>
/** A plan of steps, `{ intent, steps: [{ id, type, description, payload }] }`, or an intent for the planner of the studio. */
export type PlanBody = z.input<typeof planBodySchema>
/** What the steps of a plan did, or would do, and the change set to decide on. */
export type PlanInfo = z.infer<typeof planResultSchema>
/** A change set without the texts of its files. */
export type ChangeSummaryInfo = z.infer<typeof changeSummarySchema>
/** A change set with the texts of its files, their diffs, and its history. */
export type ChangeInfo = z.infer<typeof changeSetSchema>

/** What a 409 about a change set says besides its message. */
export interface ChangeConflict {
  readonly reason: ConflictReason
  /** With `changed_since_preview`: the files whose bytes are others now. */
  readonly files?: readonly string[]
  /** With `changed_since_preview`: what else of the project is another now, in words. */
  readonly changed?: readonly string[]
  /** With `confirmation_required` and `approval_required`: the change set in question. */
  readonly change_set?: ChangeInfo
}

/** An answer as it came: its status, its type and its text. */
export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** The OpenAPI document of a studio, as far as it is typed here. */
export interface OpenApiDocument {
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
  readonly components: Readonly<Record<string, unknown>>
}

/** One operation of a route. */
export interface OpenApiOperation {
  readonly operationId: string
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly OpenApiParameter[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
}

/** A parameter in the path, the query or a header. */
export interface OpenApiParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: Readonly<Record<string, unknown>>
  readonly example?: unknown
}

/** One event of a run, told apart by `type`. */
export type StreamedEvent = Extract<z.infer<typeof streamEvent>, { readonly seq: number }>
/** The last event of a run that succeeded. */
export type FinalEvent = Extract<StreamedEvent, { readonly type: 'final' }>
