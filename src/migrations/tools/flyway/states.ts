import { append } from '../../../lib/groups.ts'
import type { MigrationStatus, MissingMigration } from '../../../project/source.ts'
import { toSentenceList, toStatus } from '../../core/compare.ts'
import { compareVersions, type FlywayFile } from './script-name.ts'
import type { FlywayHistory, FlywayRow } from './history.ts'

const covered =
  'At or below the baseline: Flyway takes it for part of the database as it was, and never runs it.'

/**
 * Returns the status that a baseline gives to a script without a row; null if the baseline does not affect it.
 *
 * @see docs/decisions/075-a-baseline-is-applied.md
 */
export function toBaselineStatus(
  { version, kind }: FlywayFile,
  scripts: readonly FlywayFile[],
  { rows, baseline }: FlywayHistory,
): MigrationStatus | null {
  if (version === null) return null
  if (baseline !== null && compareVersions(version, baseline) <= 0) {
    return toStatus('applied', covered)
  }
  const isFresh = baseline === null && rows.length === 0
  const start = scripts.findLast((script) => script.kind === 'baseline')?.version ?? null
  if (kind === 'baseline') {
    if (isFresh && version === start) return null
    return toStatus(
      'skipped_forever',
      'Flyway runs the newest baseline script only, and on an empty database only.',
    )
  }
  if (!isFresh || start === null || compareVersions(version, start) > 0) return null
  return toStatus(
    'skipped_forever',
    `On a database without history Flyway runs baseline ${start} in its place.`,
  )
}

/** Returns true for a version below the greatest one that ran. */
export function isLate({ version, kind }: FlywayFile, { greatest }: FlywayHistory): boolean {
  return (
    kind === 'versioned' &&
    version !== null &&
    greatest !== null &&
    compareVersions(version, greatest) < 0
  )
}

const orphanMessages = {
  applied:
    'Flyway refuses to migrate ("applied migration not resolved locally") until its script is back or "repair" marks it as deleted.',
  failed:
    'It failed, and its script is gone; Flyway refuses to migrate until "repair" takes it away.',
  future: 'It is newer than every script ("future"); Flyway goes on.',
  repeatable: 'It is repeatable and its script is gone; Flyway takes no notice.',
}

/** Describes a row without a script. Flyway tolerates a row that is newer than every script. */
export function toMissing(
  app: string,
  { name, version, appliedAt, isDone }: FlywayRow,
  scripts: readonly FlywayFile[],
): MissingMigration {
  const newest = scripts.findLast((script) => script.version !== null)?.version ?? '0'
  const isFuture = version !== null && compareVersions(version, newest) > 0
  let message = orphanMessages.applied
  if (!isDone) message = orphanMessages.failed
  else if (version === null) message = orphanMessages.repeatable
  else if (isFuture) message = orphanMessages.future
  return { app, name, appliedAt, message }
}

/** Returns a conflict for each version or description that two scripts share. */
export function findDuplicateScripts(app: string, scripts: readonly FlywayFile[]): string[] {
  const claims = new Map<string, string[]>()
  for (const { kind, version, description, name } of scripts) {
    append(claims, `${kind} ${version ?? description}`, name)
  }
  return [...claims]
    .filter(([, names]) => names.length > 1)
    .map(
      ([key, names]) =>
        `App '${app}': Flyway refuses to start, because ${toSentenceList(names)} are all ${key}.`,
    )
}
