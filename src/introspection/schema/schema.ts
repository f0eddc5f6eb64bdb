import { z } from 'zod'
import { lintPresets, severities } from '../../project/schema-health-options.ts'

/** The query of `GET /ai/schema/health`. */
export const healthQuery = z.object({
  preset: z.enum(lintPresets).optional(),
})

/** The rules that a report of schema health runs. */
export type HealthQuery = z.infer<typeof healthQuery>

/** The query of `GET /ai/schema/issues`. Every parameter narrows the list. */
export const issuesQuery = healthQuery.extend({
  severity: z.enum(severities).optional(),
  kind: z.string().optional(),
  rule: z.string().optional(),
  table: z.string().optional(),
  app_label: z.string().optional(),
})

/** Which issues a client asks for. */
export type IssuesQuery = z.infer<typeof issuesQuery>

/** The query of `GET /ai/schema/diff`. */
export const diffQuery = z.object({
  table: z.string().optional(),
})

/** Which table a client compares; all of them without one. */
export type DiffQuery = z.infer<typeof diffQuery>
