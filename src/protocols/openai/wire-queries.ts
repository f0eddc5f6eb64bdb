import { z } from 'zod'

/** The query of `GET /v1/responses/:responseId`. */
export const retrieveQuery = z.object({
  stream: z.enum(['true', 'false']).optional(),
  starting_after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a sequence number')
    .transform(Number)
    .optional(),
})

/** The query of `GET /v1/responses/:responseId/input_items`. */
export const itemsQuery = z.object({ order: z.enum(['desc', 'asc']).default('desc') })
