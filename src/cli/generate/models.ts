import { z } from 'zod'
import type { Target } from '../target.ts'

const fieldSchema = z.object({
  name: z.string(),
  field_type: z.string(),
  python_type: z.string(),
  nullable: z.boolean(),
  primary_key: z.boolean(),
  unique: z.boolean(),
  max_length: z.number().nullable(),
  ai_description: z.string().nullable(),
  fk_to_model: z.string().nullable(),
})

const modelSchema = z.object({
  name: z.string(),
  table_name: z.string(),
  app_label: z.string(),
  ai_description: z.string(),
  fields: z.array(fieldSchema),
  relations: z.array(
    z.object({
      name: z.string(),
      relation_type: z.string(),
      from_model: z.string(),
      to_model: z.string(),
      nullable: z.boolean(),
    }),
  ),
})

/** A model of the full context (docs/contracts/introspection.md, 4.1). */
export type ContextModel = z.infer<typeof modelSchema>
/** A field of a `ContextModel`. */
export type ContextField = z.infer<typeof fieldSchema>

const contextSchema = z.object({ models: z.array(modelSchema) })

/** Reads all exposed models without their sensitive fields, sorted by app and name. */
export async function readModels(target: Target): Promise<readonly ContextModel[]> {
  return contextSchema.parse(await target.read('/ai/context/full')).models
}

const foreignKeysSchema = z.object({
  foreign_keys: z.array(
    z.object({ relation: z.string(), fields: z.array(z.string()), unique: z.boolean() }),
  ),
})

/** A foreign key of a model, with the name of its relation. */
export type ForeignKey = z.infer<typeof foreignKeysSchema>['foreign_keys'][number]

/** Reads the foreign keys of a model. */
export async function readForeignKeys(
  target: Target,
  { app_label, name }: ContextModel,
): Promise<readonly ForeignKey[]> {
  const path = `/ai/context/models/${encodeURIComponent(`${app_label}.${name}`)}`
  return foreignKeysSchema.parse(await target.read(path)).foreign_keys
}
