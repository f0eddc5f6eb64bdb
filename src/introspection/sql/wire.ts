import { z } from 'zod'
import { jsonSchema } from '../../lib/json.ts'

/** The body of `POST /ai/sql`. */
export const sqlRequestSchema = z
  .strictObject({
    sql: z
      .string()
      .min(1)
      .max(20_000)
      .describe('One SELECT. Tables and columns have their names in the database.'),
    parameters: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .max(100)
      .default([])
      .describe('The values of `$1`, `$2`, …; the server infers their types.'),
    limit: z.int().min(1).max(500).default(100).describe('Maximum number of rows to return.'),
  })
  .meta({ id: 'SqlRequest', description: 'One SELECT to run.' })

/** One SELECT of a caller. */
export type SqlRequest = z.infer<typeof sqlRequestSchema>

/** The answer to `POST /ai/sql`. */
export const sqlAnswerSchema = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z
      .array(z.array(jsonSchema))
      .describe('The values of each row, in the order of the columns.'),
    count: z.int().nonnegative(),
    limited: z.boolean().describe('True exactly if more rows follow.'),
    truncated: z.boolean().describe('True if rows or values were left out for their size.'),
    estimate: z
      .object({ cost: z.number(), rows: z.number() })
      .describe('What the planner expected before the statement ran.'),
  })
  .meta({ id: 'SqlAnswer', description: 'The rows of one SELECT.' })

/** The rows of one SELECT of a caller. */
export type SqlAnswer = z.infer<typeof sqlAnswerSchema>
