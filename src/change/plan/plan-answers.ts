import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'
import { changeSummarySchema } from '../sets/change-answers.ts'

const ids = z.array(z.string())

const stepResult = z
  .object({
    id: z.string(),
    type: z.string(),
    success: z.boolean(),
    output: jsonObjectSchema,
    error: z.string().nullable(),
    effects: z.enum(['none', 'files', 'database']).describe('What it changes when it is applied.'),
    simulated: z.boolean().describe('False if a preview could not run it; the output says why.'),
  })
  .meta({ id: 'PlanStepResult', description: 'What a step of a plan did, or would do.' })

/** The answer of `POST /ai/plan/preview` and `POST /ai/plan/apply`. */
export const planResultSchema = z
  .object({
    success: z.boolean(),
    steps: z
      .array(stepResult)
      .describe('As far as they ran; the last one failed if `success` is false.'),
    notes: z.array(z.string()),
    dry_run: z.boolean(),
    plan_id: z.string().nullable().describe('The id of its change set; null if a step failed.'),
    digest: z.string().nullable(),
    run_id: z.string().nullable().describe('The run of the planner that made it.'),
    change_set: changeSummarySchema.nullable().describe('What to decide on and apply.'),
    applied: ids.describe('The steps that have changed something.'),
    rolled_back: ids.describe('Those of them that were taken back.'),
    stands: ids.describe('Those of them that were not.'),
    version: z.string(),
  })
  .meta({ id: 'PlanResult', description: 'What a plan would do, or did.' })

/** The answer of `GET /ai/plan/schema` and of `GET /ai/patch/schema`. */
export const changeSchemasSchema = z
  .object({
    schemas: z.record(z.string(), jsonObjectSchema).describe('JSON Schemas of the bodies.'),
    types: ids.describe('What a step or an operation can be.'),
    refused_types: ids.describe('Types of the protocol that edit or generate Python.'),
    version: z.string(),
  })
  .meta({ id: 'ChangeSchemas', description: 'JSON Schemas of what can be asked for.' })

/** What a plan would do, or did, as clients see it. */
export type WirePlanResult = z.infer<typeof planResultSchema>

/** What a step of a plan did, or would do, as clients see it. */
export type WireStepResult = WirePlanResult['steps'][number]

/** JSON Schemas of what can be asked for, as clients see them. */
export type WireChangeSchemas = z.infer<typeof changeSchemasSchema>
