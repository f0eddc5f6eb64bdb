import { z } from 'zod'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { type Issue, issueKinds } from '../../health/kit/issue.ts'
import { severities } from '../../project/schema-health-options.ts'
import { isSecretName } from '../../project/models/names.ts'
import type { AppModel } from '../model/snapshot.ts'

const text = z.string().nullable()

/** One issue of a schema: the keys of contract introspection.md 4.9, then what we add. */
export const schemaIssueSchema = z.object({
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
  /** The rule that found it; of drift its kind. */
  rule: z.string(),
  schema: text,
  /** The first is at fault. */
  objects: z.array(z.object({ kind: z.string(), schema: text, table: text, name: z.string() })),
  /** Statements that mend it, to be read before they are run. */
  fix_sql: text,
  why: text,
  link: text,
})
/** One issue of a schema. */
export type SchemaIssue = z.infer<typeof schemaIssueSchema>

/** What `GET /ai/schema/health` answers (contract introspection.md 4.9). */
export const schemaHealthSchema = z.object({
  status: z.enum(['healthy', 'degraded', 'danger']),
  issue_counts: z.object({ info: z.int(), warning: z.int(), danger: z.int() }),
  issues: z.array(schemaIssueSchema),
  inspected_at: z.string(),
  db_version: text,
  db_name: text,
  app_version: z.string(),
  /** Issues that are ignored or in the baseline. */
  suppressed_count: z.int(),
  /** Issues about models that are not exposed; they count in `issue_counts`. */
  withheld_count: z.int(),
  skipped_rules: z.array(z.object({ rule: z.string(), reason: z.string() })),
})
/** What `GET /ai/schema/health` answers. */
export type SchemaHealth = z.infer<typeof schemaHealthSchema>

/** Keeps names of sensitive columns, and of models that are not exposed, out of answers. */
export interface Mask {
  isWithheld(issue: Issue): boolean
  /** Matches the sensitive names of the tables an issue is about; null when there are none. */
  pattern(issue: Issue): RegExp | null
}

/** Takes what models say is sensitive, and where no model speaks, what names say. */
export function createMask(models: readonly AppModel[], catalog: Catalog | null): Mask {
  const hidden = new Set<string>()
  const secrets = new Map<string, Set<string>>()
  const declared = new Set(models.map(({ table }) => table))
  const add = (table: string, column: string) => {
    secrets.set(table, (secrets.get(table) ?? new Set()).add(column))
  }
  for (const model of models) {
    if (model.exposed === false) hidden.add(model.table)
    for (const { column, sensitive } of model.fields) if (sensitive) add(model.table, column)
  }
  for (const { name: table, columns } of [...(catalog?.tables ?? []), ...(catalog?.views ?? [])]) {
    if (declared.has(table)) continue
    for (const { name } of columns) if (isSecretName(name)) add(table, name)
  }
  const tablesOf = ({ table, objects }: Issue) => [
    ...(table === null ? [] : [table]),
    ...objects.flatMap((object) => (object.table === null ? [] : [object.table])),
  ]
  return {
    isWithheld: (issue) => tablesOf(issue).some((table) => hidden.has(table)),
    pattern(issue) {
      const names = new Set(tablesOf(issue).flatMap((table) => [...(secrets.get(table) ?? [])]))
      return names.size > 0 ? toPattern([...names]) : null
    },
  }
}

/** Longest first, so that a name within a longer one does not show the rest; between letters it is another word. */
function toPattern(names: readonly string[]): RegExp {
  const parts = names
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`(?<![A-Za-z0-9])(${parts.join('|')})(?![A-Za-z0-9])`, 'g')
}

const masked = '[sensitive]'

/** Spells issues for the wire; ids stay unique where masking makes two the same. */
export function toSchemaIssues(issues: readonly Issue[], mask: Mask): SchemaIssue[] {
  const seen = new Map<string, number>()
  return issues.map((issue) => {
    const spelt = maskIssue(toSchemaIssue(issue), mask.pattern(issue))
    const count = (seen.get(spelt.id) ?? 0) + 1
    seen.set(spelt.id, count)
    return count > 1 ? { ...spelt, id: `${spelt.id}~${count}` } : spelt
  })
}

function toSchemaIssue(issue: Issue): SchemaIssue {
  const { app, fix, expected, actual, objects, tags, ...rest } = issue
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
    why: rest.why,
    link: rest.link,
  }
}

/** Masks a whole issue; statements with a masked name would not run, so they are left out. */
function maskIssue(issue: SchemaIssue, pattern: RegExp | null): SchemaIssue {
  if (!pattern) return issue
  const hide = (value: string) => value.replace(pattern, masked)
  const hideNullable = (value: string | null) => (value === null ? null : hide(value))
  const { expected, actual, fix_sql, objects } = issue
  return {
    ...issue,
    id: hide(issue.id),
    column: hideNullable(issue.column),
    message: hide(issue.message),
    expected: expected && maskValues(expected, hide),
    actual: actual && maskValues(actual, hide),
    objects: objects.map((object) =>
      object.kind === 'table' ? object : { ...object, name: hide(object.name) },
    ),
    fix_sql: fix_sql !== null && hide(fix_sql) === fix_sql ? fix_sql : null,
  }
}

/** Values are texts, lists of texts, and flags. */
function maskValues(
  values: Record<string, unknown>,
  hide: (text: string) => string,
): Record<string, unknown> {
  const mask = (value: unknown): unknown =>
    typeof value === 'string' ? hide(value) : Array.isArray(value) ? value.map(mask) : value
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mask(value)]))
}
