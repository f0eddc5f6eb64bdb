import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'

const text = z.string().nullable()
const version = z.string().describe('Level of the Studio protocol that is implemented.')

const queryField = z
  .object({
    name: z.string(),
    field_type: z.string().describe('The type in PostgreSQL or zod.'),
    python_type: z.string().describe('The type in TypeScript.'),
    nullable: z.boolean(),
  })
  .meta({ id: 'QueryField', description: 'A field that a plan may name.' })

const queryRelation = z
  .object({
    name: z.string(),
    to_model: z.string(),
    to_app_label: z.string(),
    to_many: z.boolean(),
    join: z
      .array(z.object({ field: z.string(), to_field: z.string() }))
      .describe(
        'The fields that are equal on both sides; empty for a relation through a junction.',
      ),
  })
  .meta({ id: 'QueryRelation', description: 'A relation that a plan may follow.' })

const queryModel = z
  .object({
    name: z.string(),
    app_label: z.string(),
    table_name: z.string(),
    kind: z.enum(['table', 'partitioned', 'foreign', 'view', 'materialized']),
    ai_description: z.string(),
    primary_key_field: text,
    fields: z.array(queryField),
    relations: z.array(queryRelation),
  })
  .meta({ id: 'QueryModel', description: 'A model that a plan may name.' })

/** The answer of `GET /ai/query/models`. */
export const queryModelsSchema = z
  .object({ models: z.array(queryModel), count: z.int().nonnegative(), version })
  .meta({ id: 'QueryModels', description: 'The models and views that a plan may name.' })

/** The models and views that a plan may name. */
export type QueryModels = z.infer<typeof queryModelsSchema>

/** The answer of `POST /ai/query/plan/schema`. */
export const planDescriptionSchema = z
  .object({
    schema: jsonObjectSchema.describe('JSON Schema of the body of `POST /ai/query/execute`.'),
    supported_lookups: z.array(z.string()).describe('The lookups of the protocol.'),
    lookups: z.array(z.string()).describe('All lookups.'),
    version,
  })
  .meta({ id: 'QueryPlanDescription', description: 'What a plan may contain.' })

/** What a plan may contain. */
export type PlanDescription = z.infer<typeof planDescriptionSchema>
