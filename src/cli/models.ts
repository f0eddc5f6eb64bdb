import { z } from 'zod'
import type { Target } from './target.ts'

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
