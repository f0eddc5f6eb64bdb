import { z } from 'zod'
import { jsonSchema } from '../../lib/json.ts'

/** The body of `POST /ai/sql`. */
export const sqlRequestSchema = z.strictObject({
  /** One SELECT. Tables and columns have their names in the database. */
  sql: z.string().min(1).max(20_000),
  /** The values of `$1`, `$2`, …; the server infers their types. */
  parameters: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .max(100)
    .default([]),
  limit: z.int().min(1).max(500).default(100),
})

/** One SELECT of a caller. */
export type SqlRequest = z.infer<typeof sqlRequestSchema>

/** The answer to `POST /ai/sql`. */
export const sqlAnswerSchema = z
  .object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    /** The values of each row, in the order of the columns. */
    rows: z.array(z.array(jsonSchema)),
    count: z.int().nonnegative(),
    /** True exactly if more rows follow. */
    limited: z.boolean(),
    /** True if rows or values were left out for their size. */
    truncated: z.boolean(),
    /** What the planner expected before the statement ran. */
    estimate: z.object({ cost: z.number(), rows: z.number() }),
  })
  .meta({ id: 'SqlAnswer', description: 'The rows of one SELECT.' })

/** The rows of one SELECT of a caller. */
export type SqlAnswer = z.infer<typeof sqlAnswerSchema>
