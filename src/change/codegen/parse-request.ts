import { z } from 'zod'
import { parse } from '../../http/parse.ts'
import { isRecord, jsonObjectSchema } from '../../lib/json.ts'
import { newNameSchema } from '../schema/new-name.ts'
import { modelChangesSchema } from '../schema/model-change.ts'

const reason = z.string().max(10_000).nullable().optional()

/** The body of `POST /ai/codegen/preview` in Studio's own form. */
const modelRequestSchema = z
  .strictObject({
    app: z
      .string()
      .min(1)
      .max(200)
      .describe('The label of the app whose migrations get a new one.'),
    changes: modelChangesSchema,
    title: z
      .string()
      .regex(/^[a-z0-9]+(?:_[a-z0-9]+)*$/, 'must be lower-case words joined by _')
      .max(60)
      .optional()
      .describe('Part of the name of the migration; made of the changes unless given.'),
    reason,
  })
  .meta({ id: 'ModelChangeRequest', description: 'Changes of the tables of an app, in order.' })

const pythonName = z
  .string()
  .max(63)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and _, and begin with no digit')

const fieldTypes = [
  'string',
  'text',
  'integer',
  'boolean',
  'datetime',
  'uuid',
  'decimal',
  'email',
  'url',
  'json',
  'fk',
  'm2m',
] as const

/** One field of a model in the form of the protocol. */
export const fieldSpecSchema = z
  .strictObject({
    name: newNameSchema,
    type: z.enum(fieldTypes),
    required: z.boolean().default(true),
    unique: z.boolean().default(false),
    max_length: z.int().min(1).max(10_485_760).nullable().default(null),
    default: z
      .union([z.string().max(10_000), z.number(), z.boolean()])
      .nullable()
      .default(null),
    fk_model: z.string().max(200).nullable().default(null),
    help_text: z.string().max(10_000).nullable().default(null),
  })
  .meta({ id: 'AiFieldSpec', description: 'One field of a new model.' })

/** A new model in the form of the protocol. */
export const modelSpecSchema = z
  .strictObject({
    app_label: z.string().max(200).default('app'),
    name: pythonName,
    table_name: newNameSchema.nullable().default(null),
    fields: z.array(fieldSpecSchema).max(200),
    ai_exposed: z.boolean().default(true),
    add_admin: z.boolean().default(true),
    add_viewset: z.boolean().default(true),
    add_serializer: z.boolean().default(true),
    metadata: jsonObjectSchema.default({}),
  })
  .meta({ id: 'AiModelSpec', description: 'A new model of an app, which becomes a table.' })

const targets = ['model', 'viewset', 'serializer', 'app', 'migration'] as const

/** The body of `POST /ai/codegen/preview` in the form of the protocol. */
const specRequestSchema = z
  .strictObject({
    target: z
      .string()
      .transform((text) => text.toLowerCase())
      .pipe(z.enum(targets)),
    model_spec: modelSpecSchema.nullable().default(null),
    app_name: z.string().max(200).nullable().default(null),
    extra_options: jsonObjectSchema.default({}),
  })
  .meta({
    id: 'AiCodegenRequest',
    description: 'A new model. `viewset`, `serializer` and `app` are Python and are refused.',
  })

/** What the endpoint accepts, in both forms. */
export const codegenBodySchema = z.union([modelRequestSchema, specRequestSchema])

/** Changes of the model that a caller asks for. */
export type ModelChangeRequest = z.infer<typeof modelRequestSchema>

/** A model that a caller asks for in the form of the protocol. */
export type SpecRequest = z.infer<typeof specRequestSchema>

/** The specification of a new model. */
export type ModelSpec = z.infer<typeof modelSpecSchema>

/** The specification of one field. */
export type FieldSpec = z.infer<typeof fieldSpecSchema>

/** Parses a body in the form that it seems to have. @throws StudioError `bad_request` that names every field at fault. */
export function parseCodegen(
  body: unknown,
): { readonly own: ModelChangeRequest } | { readonly spec: SpecRequest } {
  const isSpec = isRecord(body) && 'target' in body && !('changes' in body)
  return isSpec
    ? { spec: parse(specRequestSchema, body, 'codegen request') }
    : { own: parse(modelRequestSchema, body, 'codegen request') }
}
