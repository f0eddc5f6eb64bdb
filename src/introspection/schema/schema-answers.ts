import { z } from 'zod'
import { lockModes } from '../../health/kit/fix-effect.ts'
import { issueKinds } from '../../health/kit/issue.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import { severities } from '../../project/schema-health-options.ts'

const count = z.int().nonnegative()
const text = z.string().nullable()
const texts = z.array(z.string())
const status = z
  .enum(['healthy', 'degraded', 'danger'])
  .describe('The verdict on drift, migrations and what could not be examined.')
const lintStatus = z
  .enum(['healthy', 'degraded', 'danger'])
  .nullable()
  .describe('The verdict on the findings of the rules; null if no rule could run.')
const inspectedAt = z.string().describe('ISO 8601 in UTC.')
const suppressedCount = count.describe('Issues that are ignored or in the baseline.')

const issue = z
  .object({
    id: z.string(),
    kind: z.enum(issueKinds),
    severity: z.enum(severities),
    app_label: text,
    model: text,
    table: text,
    column: text,
    expected: jsonObjectSchema.nullable().describe('What the model declares.'),
    actual: jsonObjectSchema.nullable().describe('What the database has.'),
    message: z.string(),
    hint: text,
    tags: texts,
    rule: z.string().describe('The rule that found the issue; for drift its kind.'),
    schema: text,
    objects: z
      .array(z.object({ kind: z.string(), schema: text, table: text, name: z.string() }))
      .describe('The objects involved; the first one is at fault.'),
    fix_sql: text.describe('Statements that fix the issue, to be read before they are run.'),
    fix_lock: z
      .enum(lockModes)
      .nullable()
      .describe(
        'The strongest lock that the statements take; null if there are none, if they take none, or if it is unknown.',
      ),
    fix_rewrites: z
      .boolean()
      .nullable()
      .describe(
        'True if the statements rewrite a table; null if there are none, or if it is unknown.',
      ),
    why: text,
    link: text,
  })
  .meta({ id: 'SchemaIssue', description: 'One problem or observation about a schema.' })

/** One issue of a schema on the wire: the keys of docs/contracts/introspection.md, 4.9, then those that this library adds. */
export type SchemaIssue = z.infer<typeof issue>

/** The answer of `GET /ai/schema/health` (docs/contracts/introspection.md, 4.9). */
export const schemaHealthSchema = z
  .object({
    status,
    lint_status: lintStatus,
    issue_counts: z.object({ info: count, warning: count, danger: count }),
    issues: z.array(issue).describe('The most severe first.'),
    inspected_at: inspectedAt,
    db_version: text,
    db_name: text,
    app_version: z.string().describe('Level of the Studio protocol that is implemented.'),
    suppressed_count: suppressedCount,
    withheld_count: count.describe(
      'Issues about models that are not exposed. They are included in `issue_counts`.',
    ),
    skipped_rules: z.array(z.object({ rule: z.string(), reason: z.string() })),
  })
  .meta({ id: 'SchemaHealth', description: 'The state of a schema, with all its issues.' })

/** The state of a schema, with all its issues. */
export type SchemaHealth = z.infer<typeof schemaHealthSchema>

/** The answer of `GET /ai/schema/issues`. */
export const schemaIssuesSchema = z
  .object({
    status,
    lint_status: lintStatus,
    issues: z.array(issue).describe('Those that match the query.'),
    total_count: count,
    filtered_count: count,
    suppressed_count: suppressedCount,
  })
  .meta({ id: 'SchemaIssues', description: 'The issues of a schema that match a query.' })

/** The issues of a schema that match a query. */
export type SchemaIssues = z.infer<typeof schemaIssuesSchema>

const columns = z
  .record(
    z.string(),
    z
      .object({ type: z.string(), nullable: z.boolean(), primary_key: z.boolean(), default: text })
      .meta({ id: 'SchemaColumn', description: 'A column, as declared or as it is.' }),
  )
  .describe('By name, without the sensitive ones.')

const tableDiff = z
  .object({
    schema: z.string(),
    model: z
      .object({ name: z.string(), app_label: z.string(), columns })
      .nullable()
      .describe('Null for a table without a model.'),
    database: z.object({ columns }).nullable().describe('Null for a model without a table.'),
    drift: z.array(issue),
  })
  .meta({ id: 'TableDiff', description: 'One table in its model and in the database.' })

/** The answer of `GET /ai/schema/diff`. */
export const schemaDiffSchema = z
  .object({
    tables: z
      .record(z.string(), tableDiff)
      .describe('By table name, or by `schema.name` if two schemas have a table of that name.'),
    model_only: texts,
    db_only: texts,
    inspected_at: inspectedAt,
  })
  .meta({ id: 'SchemaDiff', description: 'The models beside their tables.' })

/** The models beside their tables. */
export type SchemaDiff = z.infer<typeof schemaDiffSchema>
