import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'
import {
  capabilitySchema,
  checksumsSchema,
  databaseStatusSchema,
  projectInfoSchema,
} from '../introspection-answers.ts'

const count = z.int().nonnegative()
const text = z.string().nullable()
const texts = z.array(z.string())
const checksum = z.string().describe('The digest of all migrations and their content.')
const lastApplied = text.describe('The migration that ran last; null if none did.')

const metadata = z
  .object({
    library: z.string().describe('The package that answers.'),
    library_version: z.string(),
    runtime: z.string().describe('The JavaScript runtime that hosts the project.'),
    runtime_version: text,
    pool_max: count.describe('Connections the pool may open.'),
    endpoint_templates: z
      .record(z.string(), z.string())
      .describe('Paths with parameters, as templates of RFC 6570, by name.'),
  })
  .meta({ description: 'Details beyond the protocol.', additionalProperties: true })

/** The answer of `GET /studio/handshake` (docs/contracts/introspection.md, 1.2). */
export const handshakeSchema = z
  .object({
    protocol_version: z.string().default('1.0').describe('Version of the Studio protocol.'),
    timestamp: z.string().describe('Time of this answer, ISO 8601 in UTC.'),
    project: projectInfoSchema.describe('The project that is served.'),
    database: databaseStatusSchema.describe('The state of its database, pinged for this request.'),
    capabilities: z.array(capabilitySchema).describe('What Studio can do with this project.'),
    checksums: checksumsSchema.describe('Digests to compare with cached ones.'),
    endpoints: z
      .record(z.string(), z.string())
      .describe('Paths that can be requested as they stand, by name.'),
    metadata,
  })
  .meta({
    id: 'StudioHandshake',
    title: 'StudioHandshake',
    description: 'Everything a client needs to start with.',
  })

/** The body that every Studio client reads first. */
export type Handshake = z.infer<typeof handshakeSchema>

/** The answer of `GET /studio/schema/handshake`. */
export const handshakeJsonSchema = jsonObjectSchema

const modelSummary = z
  .object({
    name: z.string(),
    table_name: z.string(),
    field_count: count,
    has_relations: z.boolean(),
  })
  .meta({ id: 'StudioModelSummary', description: 'A model by name, and its size.' })

const migrationStatus = z
  .object({
    total: count,
    applied: count,
    pending: count,
    has_conflicts: z.boolean(),
    last_applied: lastApplied,
  })
  .meta({ id: 'StudioMigrationStatus', description: 'How far the project is migrated.' })

/** The answer of `GET /studio/context/summary` (docs/contracts/introspection.md, 1.3). */
export const contextSummarySchema = z
  .object({
    app_count: count,
    model_count: count,
    viewset_count: count,
    route_count: count,
    ai_tool_count: count,
    migration_count: count,
    pending_migrations: count,
    database_status: databaseStatusSchema,
    migration_status: migrationStatus,
    models: z.array(modelSummary).describe('Sorted by name.'),
    checksums: checksumsSchema,
  })
  .meta({ id: 'StudioContextSummary', description: 'The models and the counts of a project.' })

/** The models and the counts of a project. */
export type ContextSummary = z.infer<typeof contextSummarySchema>

/** The answer of `GET /studio/health` (docs/contracts/introspection.md, 1.4). */
export const healthSchema = z
  .object({
    status: z.enum(['healthy', 'degraded']),
    aksara_version: z.string().describe('Level of the Studio protocol that is implemented.'),
    database: databaseStatusSchema,
    timestamp: z.string().describe('Time of this answer, ISO 8601 in UTC.'),
  })
  .meta({ id: 'StudioHealth', description: 'Whether the project can be read as a whole.' })

/** Whether the project and its database can be read. */
export type Health = z.infer<typeof healthSchema>

const appSummary = z
  .object({
    app_label: z.string(),
    total: count,
    applied: count,
    pending: count,
    has_conflicts: z.boolean(),
    head_migrations: texts.describe('Migrations that no other one depends on.'),
  })
  .meta({ id: 'StudioAppMigrationSummary', description: 'How far one app is migrated.' })

const conflict = z
  .object({ app_label: z.string(), heads: texts, message: z.string() })
  .meta({ id: 'StudioMigrationConflict', description: 'Branches of migrations to be merged.' })

/** The answer of `GET /studio/migrations/summary` (docs/contracts/introspection.md, 1.5). */
export const migrationsSummarySchema = z
  .object({
    total_migrations: count,
    applied_migrations: count,
    pending_migrations: count,
    apps: z.array(appSummary),
    conflicts: z.array(conflict),
    migrations_checksum: checksum,
    last_applied: lastApplied,
  })
  .meta({ id: 'StudioMigrationSummary', description: 'The migrations of each app, counted.' })

/** The migrations of each app, counted. */
export type MigrationsSummary = z.infer<typeof migrationsSummarySchema>

const state = z.enum([
  'applied',
  'pending',
  'modified',
  'failed',
  'out_of_order',
  'skipped_forever',
  'rolled_back',
  'missing',
  'unknown',
])
const appliedAt = text.describe('ISO 8601 in UTC; null if the tool does not record it.')

const migration = z
  .object({
    app_label: z.string(),
    name: z.string(),
    tool: z.string(),
    state,
    applied_at: appliedAt,
    checksum: text.describe('SHA-256 of the file in hex; null if the file could not be read.'),
    message: text.describe('What the state means for this tool; null if there is nothing to add.'),
    dependencies: texts.describe('Migrations that must run before this one, as `app.name`.'),
  })
  .meta({ id: 'StudioMigration', description: 'A migration with its state.' })

const orphan = z
  .object({
    app_label: text.describe('Null if the record names no app.'),
    name: z.string(),
    state: z.literal('missing'),
    applied_at: appliedAt,
    message: text,
  })
  .meta({
    id: 'StudioOrphanMigration',
    description: 'A migration that ran and whose file is gone.',
  })

const migratedApp = z
  .object({
    app_label: z.string(),
    tool: z.string(),
    total: count,
    states: z.record(z.string(), count).describe('Number of migrations in each state that occurs.'),
    head_migrations: texts,
    has_conflicts: z.boolean(),
    conflicts: texts,
  })
  .meta({ id: 'StudioMigratedApp', description: 'An app with its migrations by state.' })

const migrationSource = z
  .object({
    app_label: z.string(),
    tool: z.string(),
    status: z.enum(['ready', 'uninitialised', 'unknown']),
    tables: texts.describe('The history tables, as `schema.name`.'),
    problems: texts,
  })
  .meta({ id: 'StudioMigrationSource', description: 'What the states of an app are read from.' })

/** The answer of `GET /studio/migrations`. */
export const migrationListSchema = z
  .object({
    migrations: z
      .array(migration)
      .describe('Sorted by app, then in the order in which the tool runs them.'),
    orphans: z.array(orphan),
    apps: z.array(migratedApp),
    sources: z.array(migrationSource),
    migrations_checksum: checksum,
    last_applied: lastApplied,
  })
  .meta({ id: 'StudioMigrationList', description: 'Every migration of a project.' })

/** Every migration of a project, with its state. */
export type MigrationList = z.infer<typeof migrationListSchema>
