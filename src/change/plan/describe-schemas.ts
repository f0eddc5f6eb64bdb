import { prepareJsonSchema } from '../../lib/json-schema.ts'
import type { z } from 'zod'
import { protocolLevel } from '../../introspection/wire.ts'
import { applyRequestSchema, operationTypes, patchRequestSchema } from '../patch/request.ts'
import type { WireChangeSchemas } from './plan-answers.ts'
import { describedPlanSchema } from './parse-plan.ts'
import { pythonSteps, stepTypes } from './step-payloads.ts'

/** Answers `GET /ai/plan/schema` with the JSON Schema of a plan. */
export async function describePlans(): Promise<WireChangeSchemas> {
  return {
    schemas: { plan: await describe(describedPlanSchema) },
    types: [...stepTypes],
    refused_types: [...pythonSteps],
    version: protocolLevel,
  }
}

/** Answers `GET /ai/patch/schema` with the JSON Schemas of patches. */
export async function describePatches(): Promise<WireChangeSchemas> {
  const { files, classes } = operationTypes
  return {
    schemas: {
      preview: await describe(patchRequestSchema),
      apply: await describe(applyRequestSchema),
    },
    types: [...files],
    refused_types: [...classes],
    version: protocolLevel,
  }
}

function describe(schema: z.ZodType) {
  return prepareJsonSchema(schema)()
}
