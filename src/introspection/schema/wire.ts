import type { Issue } from '../../health/kit/issue.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { SchemaIssue } from './schema-answers.ts'

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
    expected: expected && ({ ...expected } as JsonObject),
    actual: actual && ({ ...actual } as JsonObject),
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
