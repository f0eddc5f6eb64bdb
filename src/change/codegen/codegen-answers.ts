import { z } from 'zod'
import { changeSummarySchema } from '../sets/change-answers.ts'

/** The answer of `POST /ai/codegen/preview`. */
export const codegenResultSchema = z
  .object({
    files: z
      .record(z.string(), z.string())
      .describe('The whole text of each file, by its path in the workspace.'),
    notes: z.array(z.string()),
    change_set: changeSummarySchema.describe('What to decide on and apply.'),
  })
  .meta({ id: 'CodegenResult', description: 'The files of a migration, as a change set.' })

/** The files of a migration, as clients see them. */
export type WireCodegenResult = z.infer<typeof codegenResultSchema>
