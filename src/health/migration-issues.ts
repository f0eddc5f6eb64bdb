import type { LocatedMigration, MigrationOverview } from '../migrations/core/overview.ts'
import type { Issue } from './kit/issue.ts'
import type { Severity } from '../project/schema-health-options.ts'

/** States worth telling, with how bad they are and what they mean where the tool does not say. */
const states: Readonly<Record<string, readonly [Severity, string]>> = {
  failed: ['danger', 'began and did not end'],
  skipped_forever: ['danger', 'has not run and never will'],
  modified: ['warning', 'ran, but its file says something else now'],
  out_of_order: ['warning', 'has not run, although a later one has'],
}

/** Tells of migrations that failed, were changed, are gone or contradict each other; pending ones are no fault. */
export function findMigrationIssues(overview: MigrationOverview): Issue[] {
  return [
    ...overview.migrations.flatMap(toStateIssue),
    ...overview.orphans.map(({ app, name, message }) =>
      toIssue('migration-missing', 'warning', {
        app,
        name,
        message: message ?? `${name} ran, but its file is gone`,
      }),
    ),
    ...overview.apps.flatMap(({ label, conflicts }) =>
      conflicts.map((message, at) =>
        toIssue('migration-conflict', 'warning', {
          app: label,
          name: `conflict ${at + 1}`,
          message,
        }),
      ),
    ),
    ...overview.cyclic.map((name) =>
      toIssue('migration-cycle', 'warning', {
        app: null,
        name,
        message: `${name} waits for itself in a cycle of dependencies`,
      }),
    ),
    ...overview.sources
      .filter(({ status }) => status === 'unknown')
      .map(({ label, problems }) =>
        toIssue('migration-unknown', 'warning', {
          app: label,
          name: 'source',
          message: `It is not known where the migrations of ${label} stand: ${problems.join('; ') || 'they could not be read'}`,
        }),
      ),
  ]
}

function toStateIssue({ app, name, state, message }: LocatedMigration): Issue[] {
  const [severity, says] = states[state] ?? []
  if (!severity) return []
  const text = message ?? `${name} ${says}`
  const rule = `migration-${state.replaceAll('_', '-')}`
  return [toIssue(rule, severity, { app, name, message: text })]
}

function toIssue(
  rule: string,
  severity: Severity,
  { app, name, message }: { app: string | null; name: string; message: string },
): Issue {
  return {
    id: `${rule}:${[app, name].filter((part) => part !== null).join('.')}`,
    kind: 'migration',
    rule,
    severity,
    app,
    model: null,
    schema: null,
    table: null,
    column: null,
    objects: [{ kind: 'migration', schema: app, table: null, name }],
    expected: null,
    actual: null,
    message,
    hint: 'See GET /studio/migrations for where every migration stands',
    fix: null,
    why: null,
    link: null,
    tags: ['migration'],
  }
}
