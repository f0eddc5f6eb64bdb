import { z } from 'zod'
import { type LintPreset, severities } from '../project/schema-health-options.ts'
import type { Target } from './target.ts'

const healthSchema = z.object({
  status: z.string(),
  issues: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      severity: z.enum(severities),
      rule: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
      fix_sql: z.string().nullable(),
    }),
  ),
  suppressed_count: z.number(),
  withheld_count: z.number(),
})

const summarySchema = z.object({
  total_migrations: z.number(),
  pending_migrations: z.number(),
  conflicts: z.array(z.object({ app_label: z.string(), message: z.string() })),
})

const migrationsSchema = z.object({
  migrations: z.array(
    z.object({
      app_label: z.string(),
      name: z.string(),
      state: z.string(),
      message: z.string().nullable(),
    }),
  ),
})

/** The answers of the three endpoints that `check` reads. */
export type Findings = Awaited<ReturnType<typeof readFindings>>

/** Reads schema health, the summary of migrations and their list from a Studio. A preset replaces that of its project. */
export async function readFindings(target: Target, preset?: LintPreset) {
  const query = preset === undefined ? '' : `?preset=${preset}`
  const health = healthSchema.parse(await target.read(`/ai/schema/health${query}`))
  const summary = summarySchema.parse(await target.read('/studio/migrations/summary'))
  const { migrations } = migrationsSchema.parse(await target.read('/studio/migrations'))
  return { health, summary, migrations }
}
