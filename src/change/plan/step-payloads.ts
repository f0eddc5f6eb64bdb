import { z } from 'zod'
import { queryPlanSchema } from '../../introspection/query/plan.ts'
import { fieldSpecSchema, modelSpecSchema } from '../codegen/parse-request.ts'
import { patchRequestSchema } from '../patch/request.ts'
import { modelChangesSchema } from '../schema/model-change.ts'

const name = z.string().min(1).max(200)
const appLabel = z.string().max(200).optional()
const { type, fk_model, max_length, unique, help_text } = fieldSpecSchema.shape
const value = fieldSpecSchema.shape.default

const fieldShape = {
  type: type.optional(),
  nullable: z.boolean().optional(),
  unique: unique.unwrap().optional(),
  max_length: max_length.unwrap().optional(),
  default: value.unwrap().optional().describe('Null drops the default. A datetime has `now`.'),
  fk_model: fk_model.unwrap().optional(),
  on_delete: z.enum(['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL']).optional(),
  help_text: help_text.unwrap().optional().describe('Not kept.'),
}
const newFieldSpec = z
  .strictObject({ ...fieldShape, type, nullable: z.boolean().default(true) })
  .meta({ id: 'PlanFieldSpec', description: 'A new field of a model.' })
const changedFieldSpec = z
  .strictObject(fieldShape)
  .meta({ id: 'PlanFieldChange', description: 'What changes of a field; the rest stays.' })

const field = {
  model: name.describe('Name of a model, or `app.Name`.'),
  app_label: appLabel,
  field: name,
}

/** How many rows a check expects. */
const expectationSchema = z
  .strictObject({
    count: z.int().nonnegative().optional(),
    min: z.int().nonnegative().optional(),
    max: z.int().nonnegative().optional(),
  })
  .refine(
    ({ count, min, max }) => (count === undefined) === (min !== undefined || max !== undefined),
    {
      error: 'Give either count, or min, max or both',
    },
  )
  .meta({
    id: 'PlanExpectation',
    description:
      'How many rows a query must return. For a plan whose only output is one `count`, this number is meant.',
  })

const none = z.strictObject({})

/** What the payload of a step must hold, by its type. */
export const stepPayloads = {
  analyze_context: none,
  create_model: z.strictObject({ model_spec: modelSpecSchema }),
  create_field: z.strictObject({ ...field, field_spec: newFieldSpec }),
  update_field: z.strictObject({ ...field, field_spec: changedFieldSpec }),
  delete_field: z.strictObject(field),
  create_migration: z.strictObject({
    model_spec: modelSpecSchema,
    app_label: appLabel,
    reason: z.string().max(10_000).optional(),
  }),
  change_model: z.strictObject({
    app: name.describe('The label of the app whose migrations get a new one.'),
    changes: modelChangesSchema,
  }),
  run_migrations: z.strictObject({
    apps: z.array(name).max(100).default([]).describe('Empty, or the app that the plan changes.'),
    fake: z.boolean().default(false).describe('True is refused.'),
  }),
  apply_patch: z.strictObject({ patch_request: patchRequestSchema }),
  patch_file: patchRequestSchema.shape.operations.element,
  run_query_check: z.strictObject({
    plan: queryPlanSchema,
    expect: expectationSchema.optional(),
  }),
  run_health_check: none,
} as const

/** The types of steps that Studio runs. */
export type StepType = keyof typeof stepPayloads

/** The payload of a step of this type. */
export type PayloadOf<Type extends StepType> = z.infer<(typeof stepPayloads)[Type]>

/** Types of the protocol that generate Python, with nothing to stand for them. */
export const pythonSteps = [
  'update_model',
  'generate_viewset',
  'generate_serializer',
  'generate_admin',
  'generate_tests',
] as const

/** The types of steps that Studio runs, in the order of the documentation. */
export const stepTypes = Object.keys(stepPayloads) as [StepType, ...StepType[]]
