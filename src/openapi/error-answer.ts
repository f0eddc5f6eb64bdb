import { z } from 'zod'
import { type ErrorCode, errorStatus } from '../errors.ts'
import { jsonSchema } from '../lib/json.ts'

/** The body of every answer from 400 on. */
export const errorAnswer = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(errorStatus) as ErrorCode[]),
      message: z.string(),
      details: jsonSchema.optional().describe('What is at fault, such as a list of fields.'),
    }),
    detail: z.string().optional().describe('The message again, below `/studio` and `/ai`.'),
  })
  .meta({ id: 'ErrorAnswer', description: 'Why a request was refused.' })
