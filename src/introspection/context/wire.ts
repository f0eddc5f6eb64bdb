import { z } from 'zod'
import { details } from '../model/detail-levels.ts'

/** The frame of an answer alone takes about this many tokens, so a smaller `maxTokens` is refused. */
const minTokens = 400

/** The query of `GET /ai/context/full` and `GET /ai/context/models`. */
export const contextQuery = z.object({
  detail: z.enum(details).optional(),
  match: z.string().max(200).optional().describe('Names, parts of names, or patterns with * and ?'),
  maxTokens: z.coerce
    .number()
    .int()
    .min(minTokens)
    .max(10_000_000)
    .optional()
    .describe('Four bytes each'),
})

/** The parameters of a context as a client sends them. */
export type ContextQuery = z.infer<typeof contextQuery>
