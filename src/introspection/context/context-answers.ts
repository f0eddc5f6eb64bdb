import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'
import { details } from '../model/detail-levels.ts'
import { fullModel, modelAt } from '../model/model-answers.ts'
import { migrationAt, routeAt, toolAt, viewsetAt } from './item-answers.ts'

const count = z.int().nonnegative()
const text = z.string().nullable()
const texts = z.array(z.string())
const version = z.string().describe('Level of the Studio protocol that is implemented.')

const admin = z
  .object({
    site_name: z.string(),
    enabled: z.boolean(),
    registered_models: z.array(jsonObjectSchema),
    total_models: count,
  })
  .meta({ id: 'AdminSite', description: 'The admin site of the project.' })

/** The admin site of the project. */
export type AdminSite = z.infer<typeof admin>

const settings = z
  .object({
    app_title: z.string(),
    app_version: z.string(),
    debug: z.boolean(),
    database_configured: z.boolean(),
    pool_min_size: z.null(),
    pool_max_size: count.nullable(),
    ai_enabled: z.boolean(),
    mcp_enabled: z.boolean(),
    ai_debug_enabled: z.null(),
    installed_apps: texts,
    apps: texts,
    log_level: z.null(),
    log_requests: z.null(),
    log_json: z.null(),
    migrations_dir: z.null(),
  })
  .meta({
    id: 'ProjectSettings',
    description: 'Settings that are not secret; null where this library has no such setting.',
  })

/** The settings of the project that are not secret. */
export type ContextSettings = z.infer<typeof settings>

const aiSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    schema_type: z.literal('zod'),
    json_schema: jsonObjectSchema.optional().describe('Absent below full detail.'),
  })
  .meta({ id: 'RequestSchema', description: 'A request body that AI clients send.' })

/** A request body that AI clients send. */
export type ContextSchema = z.infer<typeof aiSchema>

const selection = z
  .object({
    detail: z.enum(details),
    asked_detail: z.enum(details),
    max_tokens: z.int().nullable(),
    truncated: z.boolean().describe('True if items were left out to keep to `max_tokens`.'),
    omitted: z.record(z.string(), count).describe('How many items were left out of each list.'),
  })
  .meta({ id: 'ContextSelection', description: 'How an answer was shortened.' })

/** How an answer was shortened, as the client sees it. */
export type Selection = z.infer<typeof selection>

const selected = { selection: selection.optional().describe('Absent without parameters.') }

/** The answer of `GET /ai/context/full` (docs/contracts/introspection.md, 4.1). */
export const fullContextSchema = z
  .object({
    framework: z.string(),
    framework_version: z.string(),
    context_version: z.string(),
    generated_at: z.string().describe('Time of this answer, ISO 8601 in UTC.'),
    checksum: z.string().describe('16 hex digits over everything but the time.'),
    models: z.array(modelAt),
    model_count: count,
    viewsets: z.array(viewsetAt),
    viewset_count: count,
    routes: z.array(routeAt),
    route_count: count,
    migrations: z.array(migrationAt),
    migration_count: count,
    pending_migrations: count,
    admin,
    settings: settings.nullable().describe('Null at the level of names.'),
    middleware: z.array(jsonObjectSchema),
    middleware_count: count,
    ai_tools: z.array(toolAt),
    ai_tool_count: count,
    ai_schemas: z.array(aiSchema),
    ai_hints: z.array(jsonObjectSchema),
    ai_hint_count: count,
    ai_hub_summary: z.null(),
    metadata: z.object({ library: z.string(), library_version: z.string() }),
    ...selected,
  })
  .meta({ id: 'FullContext', description: 'Everything known about the project.' })

/** Everything known about the project. */
export type FullContext = z.infer<typeof fullContextSchema>

const foreignKey = z
  .object({ relation: z.string(), fields: texts, unique: z.boolean() })
  .meta({ id: 'ModelForeignKey', description: 'The fields of a foreign key, by its relation.' })

const tableDetails = z
  .object({
    kind: z.enum(['table', 'partitioned', 'foreign', 'view', 'materialized']),
    schema: z.string(),
    comment: text,
    estimated_rows: z.number().nullable(),
    keys: z.array(
      z.object({ name: z.string(), kind: z.enum(['primary', 'unique']), columns: texts }),
    ),
    indexes: z.array(
      z.object({
        name: z.string(),
        method: z.string(),
        columns: texts,
        unique: z.boolean(),
        predicate: text,
      }),
    ),
    checks: z.array(z.object({ name: z.string(), definition: z.string() })),
    enums: z.array(z.object({ schema: z.string(), name: z.string(), labels: texts })),
  })
  .meta({ id: 'ModelTable', description: 'The table or view of a model, without secret columns.' })

/** The keys, indexes, checks and enums of a model's table or view. */
export type TableDetails = z.infer<typeof tableDetails>

/** The answer of `GET /ai/context/models/:model`. */
export const contextModelSchema = z
  .object({
    model: fullModel,
    foreign_keys: z.array(foreignKey),
    database: tableDetails.nullable().describe('Null if there is no such table, or no catalog.'),
    version,
  })
  .meta({ id: 'ModelDetails', description: 'One model in full.' })

/** One model, with its table and its keys. */
export type ContextModelDetails = z.infer<typeof contextModelSchema>

/** The answer of `GET /ai/context/models`. */
export const modelListSchema = z
  .object({ models: z.array(modelAt), model_count: count, version, ...selected })
  .meta({ id: 'ModelList', description: 'The models of the project.' })

const contextParts = {
  models: modelListSchema,
  viewsets: z
    .object({ viewsets: z.array(viewsetAt), viewset_count: count, version })
    .meta({ id: 'ViewsetList', description: 'The resources of the project.' }),
  routes: z
    .object({ routes: z.array(routeAt), route_count: count, version })
    .meta({ id: 'RouteList', description: 'The routes of the project and of Studio.' }),
  migrations: z
    .object({
      migrations: z.array(migrationAt),
      migration_count: count,
      pending_migrations: count,
      version,
    })
    .meta({ id: 'MigrationList', description: 'The migrations of the project.' }),
  settings: z
    .object({ settings, middleware: z.array(jsonObjectSchema), middleware_count: count, version })
    .meta({ id: 'SettingsPart', description: 'The settings that are not secret.' }),
  admin: z
    .object({ admin, version })
    .meta({ id: 'AdminPart', description: 'The admin site of the project.' }),
}

/** The answers of the parts of the full context. */
export type ContextParts = {
  [Part in keyof typeof contextParts]: z.infer<(typeof contextParts)[Part]>
}

/** A part of the full context that has an endpoint of its own, `/ai/context/<part>`. */
export type ContextPart = keyof ContextParts

const partAnswers: { readonly [Part in ContextPart]: z.ZodType<ContextParts[Part]> } = contextParts

/** Returns the answer of one part of the full context. */
export function partAnswer<Part extends ContextPart>(part: Part): z.ZodType<ContextParts[Part]> {
  return partAnswers[part]
}
