import { z } from 'zod'
import { changeSummarySchema } from '../sets/change-answers.ts'

const text = z.string().nullable()
const texts = z.array(z.string())
const count = z.int().nonnegative()

/** The answer of `POST /ai/patch/preview` and `POST /ai/patch/apply`. */
export const patchResultSchema = z
  .object({
    applied: z.boolean(),
    preview_only: z.boolean(),
    files_changed: z.record(
      z.string(),
      z.object({
        path: z.string(),
        original_content: text,
        new_content: text,
        diff: z.string().describe('From the file as it is to the file after all operations.'),
        created: z.boolean(),
      }),
    ),
    operations_applied: count,
    operations_failed: count,
    errors: texts,
    warnings: texts,
    notes: texts,
    rollback_available: z.boolean(),
    checksum: z
      .string()
      .describe('The first 16 digits of the digest; equal for equal patches of equal files.'),
    change_set: changeSummarySchema.nullable().describe('What to decide on and apply.'),
    version: z.string(),
  })
  .meta({ id: 'PatchResult', description: 'What a patch changes, or changed.' })

/** What a patch changes, as clients see it. */
export type WirePatchResult = z.infer<typeof patchResultSchema>
