import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { ModelAt } from '../model/model-answers.ts'

const text = z.string().nullable()
const texts = z.array(z.string())

const support = z.boolean().nullable()

const fullViewset = z
  .object({
    name: z.string(),
    model_name: z.string(),
    prefix: z.string(),
    tags: texts,
    default_limit: z.null(),
    max_limit: z.null(),
    permission_classes: texts,
    ai_exposed: z.literal(true),
    supports_list: support.describe('Null if the project declares no route below the prefix.'),
    supports_retrieve: support,
    supports_create: support,
    supports_update: support,
    supports_delete: support,
    actions: z.array(jsonObjectSchema),
    list_serializer: z.null(),
    retrieve_serializer: z.null(),
    create_serializer: z.null(),
    update_serializer: z.null(),
  })
  .meta({ id: 'Viewset', description: 'A model that an API serves below a prefix.' })

/** A resource with everything known about it. */
export type ContextViewset = z.infer<typeof fullViewset>

/** A resource at one of the levels of detail. */
export const viewsetAt = z.union([
  fullViewset,
  z
    .object({ name: z.string(), model_name: z.string(), prefix: z.string() })
    .meta({ id: 'ViewsetName', description: 'A resource by name and prefix.' }),
])

const fullRoute = z
  .object({
    path: z.string(),
    methods: texts,
    name: text,
    summary: text,
    description: text,
    tags: texts,
    deprecated: z.boolean(),
    source_type: z.enum(['manual', 'viewset', 'admin', 'ai']),
    viewset_name: text,
  })
  .meta({ id: 'ProjectRoute', description: 'A route of the project or of Studio.' })

/** A route at one of the levels of detail. */
export const routeAt = z.union([
  fullRoute,
  z
    .object({ path: z.string(), methods: texts })
    .meta({ id: 'RoutePath', description: 'A route by path and method.' }),
])

const fullMigration = z
  .object({
    name: z.string(),
    app_label: z.string(),
    dependencies: texts.describe('Migrations that must run before this one, as `app.name`.'),
    operations_count: z.null(),
    operations_summary: texts,
    applied: z.boolean(),
    checksum: text.describe('The first 16 hex digits of the SHA-256 of its content.'),
  })
  .meta({ id: 'Migration', description: 'A migration, applied or not.' })

/** A migration at one of the levels of detail. */
export const migrationAt = z.union([
  fullMigration,
  z
    .object({ name: z.string(), app_label: z.string(), applied: z.boolean() })
    .meta({ id: 'MigrationName', description: 'A migration by app and name.' }),
])

/** A tool at one of the levels of detail. */
export const toolAt = z.union([
  z
    .object({
      name: z.string(),
      description: z.string(),
      kind: z.enum(['query', 'mutation', 'action', 'admin', 'utility']),
      http_method: z.string(),
      endpoint: z.string(),
      requires_auth: z.boolean(),
      requires_admin: z.boolean(),
      ai_tags: texts,
    })
    .meta({ id: 'ToolSummary', description: 'A tool without its schemas.' }),
  z
    .object({ name: z.string(), description: z.string() })
    .meta({ id: 'ToolDescription', description: 'A tool by name and description.' }),
  z.object({ name: z.string() }).meta({ id: 'ToolName', description: 'A tool by name alone.' }),
])

/** The lists of the full context, by name. */
export interface ContextItems {
  readonly models: ModelAt
  readonly viewsets: z.infer<typeof viewsetAt>
  readonly routes: z.infer<typeof routeAt>
  readonly migrations: z.infer<typeof migrationAt>
  readonly ai_tools: z.infer<typeof toolAt>
}
