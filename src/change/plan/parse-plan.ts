import { z } from 'zod'
import { isRecord, jsonObjectSchema } from '../../lib/json.ts'
import { parseShape } from '../patch/request.ts'
import { findCycle } from './order.ts'
import { pythonSteps, stepPayloads, stepTypes, type StepType } from './step-payloads.ts'

/** The most steps of one plan. */
const maxSteps = 50

const intent = z.string().trim().min(1).max(10_000)

const stepShape = {
  id: z.string().min(1).max(100),
  description: z.string().max(1_000),
  depends_on: z.array(z.string().max(100)).max(maxSteps).default([]),
  reasoning: z.string().max(2_000).nullable().default(null),
}

const stepSchema = z.strictObject({
  ...stepShape,
  type: z.enum([...stepTypes, ...pythonSteps]),
  payload: jsonObjectSchema.default({}),
})

const planShape = {
  intent: intent.describe('What the plan is for.'),
  on_failure: z
    .enum(['stop', 'roll_back'])
    .default('stop')
    .describe('Whether what is done is taken back when a later step fails.'),
  metadata: jsonObjectSchema.default({}).describe('Accepted, and not kept.'),
}

/** A plan in its outer form; what is in the payloads is checked later, so that one answer names every fault. */
const aiPlanSchema = z
  .strictObject({ ...planShape, steps: z.array(stepSchema).min(1).max(maxSteps) })
  .superRefine(({ steps }, context) => {
    const refuse = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path: ['steps', ...path], message })
    const ids = steps.map(({ id }) => id)
    for (const [index, { id, depends_on }] of steps.entries()) {
      if (ids.indexOf(id) !== index) refuse([index, 'id'], 'is the id of another step too')
      for (const [at, name] of depends_on.entries()) {
        if (!ids.includes(name)) refuse([index, 'depends_on', at], 'is the id of no step')
      }
    }
    const cycle = findCycle(steps)
    if (cycle.length > 0) refuse([], `depend on each other in a circle: ${cycle.join(', ')}`)
  })

/** A plan as it came, in its outer form. */
export type AiPlan = z.infer<typeof aiPlanSchema>

/** One step of a plan as it came. */
export type AiPlanStep = AiPlan['steps'][number]

function describeStep<Type extends StepType>(type: Type) {
  const given = stepPayloads[type]
  const payload = given.safeParse({}).success ? given.optional() : given // left out, it is empty
  return z.strictObject({ ...stepShape, type: z.literal(type), payload })
}

/** A plan with the payload of each type of step, for descriptions. */
export const describedPlanSchema = z
  .strictObject({
    ...planShape,
    steps: z
      .array(
        z.discriminatedUnion('type', [
          describeStep('analyze_context'),
          describeStep('create_model'),
          describeStep('create_field'),
          describeStep('update_field'),
          describeStep('delete_field'),
          describeStep('create_migration'),
          describeStep('change_model'),
          describeStep('run_migrations'),
          describeStep('apply_patch'),
          describeStep('patch_file'),
          describeStep('run_query_check'),
          describeStep('run_health_check'),
        ]),
      )
      .min(1)
      .max(maxSteps),
  })
  .meta({ id: 'AiPlan', description: 'Steps that are previewed, approved and applied together.' })

const intentSchema = z
  .strictObject({ intent })
  .meta({ id: 'PlanIntent', description: 'What a planner is to make a plan for.' })

const reference = z
  .strictObject({
    plan_id: z.string().min(1).max(200),
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
  })
  .meta({ id: 'PlanReference', description: 'A plan that was previewed, as it was shown.' })

/** The body of `POST /ai/plan/preview`: a plan, or an intent. */
export const planBodySchema = z.union([describedPlanSchema, intentSchema])

/** The body of `POST /ai/plan/apply`: a plan that was shown, or one to be shown. */
export const planApplySchema = z.union([reference, describedPlanSchema])

/** Parses a plan, or an intent where a planner can make one of it. @throws StudioError `unprocessable`. */
export function parsePreview(
  body: unknown,
  hasPlanner: boolean,
): { readonly plan: AiPlan } | { readonly intent: string } {
  const isIntent = hasPlanner && isRecord(body) && !('steps' in body)
  return isIntent
    ? { intent: parseShape(intentSchema, body, 'plan').intent }
    : { plan: parsePlan(body) }
}

/** Parses what is to be applied. @throws StudioError `unprocessable` that names every field at fault. */
export function parseApply(
  body: unknown,
): { readonly plan: AiPlan } | { readonly shown: z.infer<typeof reference> } {
  const isShown = isRecord(body) && ('plan_id' in body || 'digest' in body)
  return isShown ? { shown: parseShape(reference, body, 'plan') } : { plan: parsePlan(body) }
}

function parsePlan(body: unknown): AiPlan {
  return parseShape<AiPlan>(aiPlanSchema as z.ZodType<AiPlan>, body, 'plan')
}
