import { z } from 'zod'
import { lockModes } from '../../health/kit/fix-effect.ts'
import { type Issue, issueKinds } from '../../health/kit/issue.ts'
import { severities } from '../../project/schema-health-options.ts'

const text = z.string().nullable()
const verdict = z.enum(['healthy', 'degraded', 'danger'])

/** One issue of a schema: the keys of docs/contracts/introspection.md, 4.9, then those that this library adds. */
const schemaIssueSchema = z.object({
  id: z.string(),
  kind: z.enum(issueKinds),
  severity: z.enum(severities),
  app_label: text,
  model: text,
  table: text,
  column: text,
  expected: z.record(z.string(), z.unknown()).nullable(),
  actual: z.record(z.string(), z.unknown()).nullable(),
  message: z.string(),
  hint: text,
  tags: z.array(z.string()),
  /** The rule that found the issue; for drift its kind. */
  rule: z.string(),
  schema: text,
  /** The objects involved; the first one is at fault. */
  objects: z.array(z.object({ kind: z.string(), schema: text, table: text, name: z.string() })),
  /** Statements that fix the issue, to be read before they are run. */
  fix_sql: text,
  /** The strongest lock that the statements take; null if there are none, if they take none, or if it is unknown. */
  fix_lock: z.enum(lockModes).nullable(),
  /** True if the statements rewrite a table; null if there are none, or if it is unknown. */
  fix_rewrites: z.boolean().nullable(),
  why: text,
  link: text,
})

/** One issue of a schema on the wire. */
export type SchemaIssue = z.infer<typeof schemaIssueSchema>

/** The body of `GET /ai/schema/health` (docs/contracts/introspection.md, 4.9). */
export const schemaHealthSchema = z.object({
  /** The verdict on drift, migrations and what could not be examined. */
  status: verdict,
  /** The verdict on the findings of the rules; null if no rule could run. */
  lint_status: verdict.nullable(),
  issue_counts: z.object({ info: z.int(), warning: z.int(), danger: z.int() }),
  issues: z.array(schemaIssueSchema),
  inspected_at: z.string(),
  db_version: text,
  db_name: text,
  app_version: z.string(),
  /** Number of issues that are ignored or in the baseline. */
  suppressed_count: z.int(),
  /** Number of issues about models that are not exposed. They are included in `issue_counts`. */
  withheld_count: z.int(),
  skipped_rules: z.array(z.object({ rule: z.string(), reason: z.string() })),
})

/** The state of a schema, with all its issues. */
export type SchemaHealth = z.infer<typeof schemaHealthSchema>

/** Renames the keys of an issue for the wire. */
export function toSchemaIssue(issue: Issue): SchemaIssue {
  const { app, fix, effect, expected, actual, objects, tags, ...rest } = issue
  return {
    id: rest.id,
    kind: rest.kind,
    severity: rest.severity,
    app_label: app,
    model: rest.model,
    table: rest.table,
    column: rest.column,
    expected: expected && { ...expected },
    actual: actual && { ...actual },
    message: rest.message,
    hint: rest.hint,
    tags: [...tags],
    rule: rest.rule,
    schema: rest.schema,
    objects: objects.map(({ kind, schema, table, name }) => ({ kind, schema, table, name })),
    fix_sql: fix,
    fix_lock: effect?.lock ?? null,
    fix_rewrites: effect?.rewrites ?? null,
    why: rest.why,
    link: rest.link,
  }
}
