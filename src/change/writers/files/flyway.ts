import { compareText } from '../../../lib/text.ts'
import {
  compareFiles,
  type FlywayFile,
  toFlywayFile,
} from '../../../migrations/tools/flyway/script-name.ts'
import type { MigrationWriter, NewMigration, WrittenMigration } from '../migration-writer.ts'
import { continueNumbers } from '../shared/numbers.ts'
import { toMigrationSteps, type Step } from '../shared/migration-steps.ts'

/**
 * Writes a versioned script for each part, after the greatest version and in its form: `V1.10__…` is followed by `V1.11__…`. A
 * script that runs outside of a transaction, or has `${` in a text, gets a file of settings of its own.
 */
export const writeFlyway: MigrationWriter = async (migration) => {
  const newest = findNewest(migration)
  const steps = toMigrationSteps(migration, { names: [], width: 4 })
  if ('unsupported' in steps) return steps
  const versions = toVersions(migration, newest)
  const folder = /^.*\//.exec(newest?.path ?? '')?.[0] ?? ''
  const scripts = steps.map((step, index) => ({
    step,
    name: `${folder}V${versions[index]}__${step.title}`,
  }))
  return {
    files: scripts.flatMap(({ step, name }) => toFiles(step, name)),
    names: scripts.map(({ name }) => name),
    notes: toNotes(steps),
  }
}

function toFiles(step: Step, name: string): WrittenMigration['files'] {
  const settings = [
    ...(step.isTransaction ? [] : ['executeInTransaction=false']),
    ...(step.up.some((sql) => sql.includes('${')) ? ['placeholderReplacement=false'] : []),
  ]
  return [
    { path: `${name}.sql`, content: `${step.up.join('\n')}\n` },
    ...(settings.length > 0
      ? [{ path: `${name}.sql.conf`, content: `${settings.join('\n')}\n` }]
      : []),
  ]
}

function toNotes(steps: readonly Step[]): string[] {
  const lock =
    'An index is built concurrently only if flyway.postgresql.transactional.lock is false; else Flyway waits for itself'
  return [
    ...(steps.every(({ isTransaction }) => isTransaction) ? [] : [lock]),
    'No undo script is written',
  ]
}

function findNewest({ paths }: NewMigration): FlywayFile | undefined {
  const files = paths.flatMap((path) => toFlywayFile(path) ?? [])
  return files
    .filter(({ version }) => version !== null)
    .sort((a, b) => compareFiles(a, b) || compareText(a.path, b.path))
    .at(-1)
}

function toVersions({ up, now }: NewMigration, newest: FlywayFile | undefined): string[] {
  const [, before = '', last] =
    /(?:^|\/)[VB]((?:\d+[._])*)(\d+)(?:__[^/]*)?\.sql$/.exec(newest?.path ?? '') ?? []
  const existing = last === undefined ? [] : [last]
  return continueNumbers({ existing, width: 1, now, count: up.length }).map(
    (number) => before + number,
  )
}
