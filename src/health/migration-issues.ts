import type { LocatedMigration, MigrationOverview } from '../migrations/core/overview.ts'
import type { Issue } from './kit/issue.ts'
import type { Severity } from '../project/schema-health-options.ts'

// The states that are a problem. The text is used when the migration tool gives no message of its own.
const states: Readonly<Record<string, readonly [Severity, string]>> = {
  failed: ['danger', 'started but did not finish'],
  skipped_forever: ['danger', 'has not run and never will'],
  modified: ['warning', 'ran, but its file has changed since'],
  out_of_order: ['warning', 'has not run, although a later migration has'],
}

/**
 * Reports migrations that failed, were edited after they ran, lost their file or conflict with each other. A pending migration
 * is normal and is not reported.
 */
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
      conflicts.map((message, index) =>
        toIssue('migration-conflict', 'warning', {
          app: label,
          name: `conflict ${index + 1}`,
          message,
        }),
      ),
    ),
    ...overview.cyclic.map((name) =>
      toIssue('migration-cycle', 'warning', {
        app: null,
        name,
        message: `${name} depends on itself through a cycle of dependencies`,
      }),
    ),
    ...overview.sources
      .filter(({ status }) => status === 'unknown')
      .map(({ label, problems }) =>
        toIssue('migration-unknown', 'warning', {
          app: label,
          name: 'source',
          message: `The state of the migrations of ${label} is unknown: ${problems.join('; ') || 'they could not be read'}`,
        }),
      ),
  ]
}

function toStateIssue({ app, name, state, message }: LocatedMigration): Issue[] {
  const [severity, defaultMessage] = states[state] ?? []
  if (!severity) return []
  const text = message ?? `${name} ${defaultMessage}`
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
    hint: 'GET /studio/migrations lists the state of every migration',
    fix: null,
    effect: null,
    why: null,
    link: null,
    tags: ['migration'],
  }
}
