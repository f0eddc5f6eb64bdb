import { z } from 'zod'

/** A major version of the AI SDK: what its parser of the stream knows differs. */
export type SdkVersion = 5 | 6 | 7

/** Reads the version that a client names, as `?sdk=7`. */
export const sdkQuery = z
  .enum(['5', '6', '7'])
  .transform((digit) => Number(digit) as SdkVersion)
  .optional()
