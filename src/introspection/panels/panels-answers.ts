import { z } from 'zod'

const count = z.int().nonnegative()
const text = z.string().nullable()
const texts = z.array(z.string())
const protocolVersion = z.string().describe('Level of the Studio protocol that is implemented.')
const runtimeVersion = z.string().describe('The runtime that hosts the project, with its version.')

/** The answer of `GET /studio/runtime/info`. */
export const runtimeInfoSchema = z
  .object({
    app_version: protocolVersion,
    python_version: runtimeVersion,
    debug: z.boolean(),
    env: z.string().describe('Where the project runs: development, staging, production.'),
    pid: z.int().nullable().describe('Null where the host has no processes.'),
    start_time: text.describe('When the process started, ISO 8601 in UTC; null if it is unknown.'),
    uptime_seconds: z.number().nonnegative().nullable(),
    database_status: z
      .enum(['ok', 'degraded', 'disconnected'])
      .describe('Degraded: the database answers, and a part of the project could not be read.'),
    pending_migrations: count,
    installed_apps: texts,
    studio_enabled: z.literal(true),
    studio_base_path: z.string().describe('The path that every other path of Studio begins with.'),
  })
  .meta({ id: 'RuntimeInfo', description: 'The process that hosts the project.' })

/** The process that hosts the project. */
export type RuntimeInfo = z.infer<typeof runtimeInfoSchema>

const runtimeRoute = z
  .object({
    path: z.string(),
    methods: texts,
    name: text,
    app_label: text.describe('The app of the model that is served there; null for other routes.'),
    is_studio: z.boolean(),
    is_admin: z.boolean(),
    is_ai: z.boolean(),
  })
  .meta({ id: 'RuntimeRoute', description: 'A route of the project or of Studio.' })

/** The answer of `GET /studio/runtime/routes`. */
export const runtimeRoutesSchema = z.array(runtimeRoute).describe('Sorted by path.')

/** A route, and what it belongs to. */
export type RuntimeRoute = z.infer<typeof runtimeRoute>

const inspectedField = z
  .object({
    name: z.string(),
    column_name: z.string(),
    field_type: z.string().describe('The type in PostgreSQL or zod.'),
    python_type: z.string().describe('The type in TypeScript.'),
    nullable: z.boolean(),
    primary_key: z.boolean(),
    unique: z.boolean(),
    has_default: z.boolean(),
    default_repr: text,
    max_length: z.int().nullable(),
    choices: texts.nullable().describe('The labels of an enum, in order; null for other types.'),
    is_relation: z.boolean(),
    ai_description: z.string(),
    ai_sensitive: z.literal(false).describe('Sensitive fields are left out.'),
    auto_generated: z.string().describe('What fills the field without the caller; else empty.'),
  })
  .meta({ id: 'InspectedField', description: 'A field of an inspected model.' })

/** A field of an inspected model. */
export type InspectedField = z.infer<typeof inspectedField>

const relationship = z
  .object({
    field_name: z.string(),
    kind: z.enum(['fk', 'o2o', 'm2m']),
    target_model: z.string(),
    target_table: text.describe('Null if the target is no model of the project.'),
    on_delete: text,
    through_table: text,
    related_name: z.null(),
    nullable: z.boolean(),
  })
  .meta({ id: 'InspectedRelationship', description: 'A relation of an inspected model.' })

/** A relation of an inspected model. */
export type InspectedRelationship = z.infer<typeof relationship>

const constraint = z
  .object({
    kind: z.enum(['primary_key', 'unique', 'index', 'check']),
    columns: texts,
    name: text,
    description: z.string(),
  })
  .meta({ id: 'InspectedConstraint', description: 'A constraint or an index of a table.' })

/** A constraint or an index of an inspected model. */
export type InspectedConstraint = z.infer<typeof constraint>

/** The answer of `GET /studio/models/inspect/:model`. */
export const inspectedModelSchema = z
  .object({
    name: z.string(),
    table_name: z.string(),
    app_label: z.string(),
    num_fields: count,
    num_relationships: count,
    has_timestamps: z.boolean(),
    pk_field: text,
    pk_type: text,
    fields: z.array(inspectedField),
    relationships: z.array(relationship),
    constraints: z.array(constraint),
    ai_description: z.string(),
    ai_agent_exposed: z.literal(true).describe('Models that are not exposed are left out.'),
    create_table_sql: z
      .string()
      .describe('The statement for what is shown; empty for a view, and if there is no table.'),
    comments: texts.describe('What stands out.'),
  })
  .meta({ id: 'InspectedModel', description: 'A model with its relations and constraints.' })

/** A model with its relations and constraints. */
export type InspectedModel = z.infer<typeof inspectedModelSchema>

/** The answer of `GET /studio/models/inspect/all`. */
export const inspectedModelsSchema = z
  .object({
    models: z.array(inspectedModelSchema).describe('Sorted by app, then name.'),
    total_count: count,
    total_fields: count,
    total_relationships: count,
  })
  .meta({ id: 'InspectedModels', description: 'All models with their relations and constraints.' })

/** All models with their relations and constraints. */
export type InspectedModels = z.infer<typeof inspectedModelsSchema>

const severity = z.enum(['info', 'warning', 'error'])

const diagnosticAction = z
  .object({
    kind: z.enum(['run_sql', 'open_doc']),
    title: z.string(),
    description: z.string(),
    example: z.string().describe('What to run or to open.'),
  })
  .meta({ id: 'DiagnosticAction', description: 'Something that a person can do about an issue.' })

const diagnosticIssue = z
  .object({
    id: z.string(),
    kind: z.string(),
    severity,
    title: z.string(),
    message: z.string(),
    hint: text,
    actions: z.array(diagnosticAction),
  })
  .meta({ id: 'DiagnosticIssue', description: 'One issue of the report.' })

/** One issue of the diagnostics. */
export type DiagnosticIssue = z.infer<typeof diagnosticIssue>

/** The answer of `GET /studio/diagnostics`. */
export const diagnosticsSchema = z
  .object({
    status: z.enum(['ok', 'warning', 'error']).describe('The most severe issue counts.'),
    stats: z.object({ total: count, errors: count, warnings: count, info: count }),
    issues: z.array(diagnosticIssue).describe('The most severe first.'),
    system: z.object({
      aksara_version: protocolVersion,
      python_version: runtimeVersion,
      os: z.null().describe('This library does not tell.'),
    }),
    generated_at: z.string().describe('ISO 8601 in UTC.'),
    duration_ms: z.number().nonnegative(),
  })
  .meta({ id: 'Diagnostics', description: 'What is wrong with the project and its schema.' })

/** What is wrong with the project and its schema. */
export type Diagnostics = z.infer<typeof diagnosticsSchema>
