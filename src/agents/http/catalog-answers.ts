import { z } from 'zod'

const runner = z
  .object({ id: z.string(), name: z.string(), version: z.string() })
  .meta({ id: 'Runner', description: 'The runtime that answers.' })

/** The answer of `GET /health`. */
export const runtimeHealth = z
  .object({ status: z.literal('ok'), runner })
  .meta({ id: 'RuntimeHealth', description: 'The runtime is alive.' })
