import { z } from 'zod'

const text = z.string().nullable()
const texts = z.array(z.string())

const field = z
  .object({
    name: z.string(),
    db_column: z.string(),
    field_type: z.string().describe('The type in PostgreSQL or zod.'),
    python_type: z.string().describe('The type in TypeScript.'),
    nullable: z.boolean(),
    primary_key: z.boolean(),
    unique: z.boolean(),
    indexed: z.boolean(),
    default: text.describe('The default as an expression; null if there is none.'),
    max_length: z.int().nullable(),
    ai_description: text,
    ai_sensitive: z.literal(false).describe('Sensitive fields are left out.'),
    ai_agent_writable: z.literal(false),
    fk_to_model: text,
    fk_on_delete: text,
    m2m_to_model: z.null(),
    m2m_through_model: z.null(),
  })
  .meta({ id: 'ModelField', description: 'A field of a model.' })

/** A field of a model in full. */
export type FullField = z.infer<typeof field>

const relation = z
  .object({
    name: z.string().describe('Unique among the fields and relations of the model.'),
    relation_type: z.enum(['foreign_key', 'reverse_fk', 'many_to_many']),
    from_model: z.string(),
    to_model: z.string(),
    through_model: text,
    on_delete: text,
    nullable: z.boolean(),
  })
  .meta({ id: 'ModelRelation', description: 'A way from one model to another.' })

/** A relation of a model in full. */
export type FullRelation = z.infer<typeof relation>

/** A model in full (docs/contracts/introspection.md, 4.1). */
export const fullModel = z
  .object({
    name: z.string(),
    table_name: z.string(),
    app_label: z.string(),
    ai_name: z.null(),
    ai_description: z.string(),
    ai_agent_exposed: z.literal(true),
    ai_permissions: texts,
    fields: z.array(field),
    primary_key_field: text,
    relations: z.array(relation).describe('Those that lead away from the model, and those to it.'),
  })
  .meta({ id: 'Model', description: 'A model with its fields and relations.' })

/** A model with its fields and relations. */
export type FullModel = z.infer<typeof fullModel>

const summaryModel = z
  .object({
    name: z.string(),
    app_label: z.string(),
    table_name: z.string(),
    ai_description: z.string().optional().describe('Absent if there is none.'),
    signature: z.string().describe('All fields with their types, on one line.'),
  })
  .meta({ id: 'ModelSignature', description: 'A model with its fields on one line.' })

const modelName = z
  .object({ name: z.string(), app_label: z.string() })
  .meta({ id: 'ModelName', description: 'A model by name alone.' })

/** A model at one of the levels of detail: full, summary, names. */
export const modelAt = z.union([fullModel, summaryModel, modelName])

/** A model at one of the levels of detail. */
export type ModelAt = z.infer<typeof modelAt>
