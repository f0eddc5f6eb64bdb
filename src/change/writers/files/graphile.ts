import type { MigrationWriter, NewMigration } from '../migration-writer.ts'
import { hashGraphile, parseGraphileFile } from '../../../migrations/tools/graphile/file-header.ts'
import { hasLine, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes a committed migration for each part, with the hash of the one before it. `current.sql` stays as it is, because it is
 * what a developer works on.
 */
export const writeGraphile: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 6, separator: '-' })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /:[A-Z][0-9A-Z_]+|^--!/m)) {
    return {
      unsupported: 'A text or name in the SQL looks like a placeholder of graphile-migrate.',
    }
  }
  let previous = await readLastHash(migration)
  const files: { path: string; content: string }[] = []
  for (const step of steps) {
    const body = toBody(step)
    const hash = await hashGraphile(body, previous)
    const header = [
      `--! Previous: ${previous ?? '-'}`,
      `--! Hash: ${hash}`,
      `--! Message: ${step.title.replace(/[-_]/g, ' ')}`,
    ]
    files.push({
      path: `committed/${step.name}.sql`,
      content: `${[...header, '', body].join('\n')}\n`,
    })
    previous = hash
  }
  return {
    files,
    names: steps.map(({ name }) => name),
    notes: ['graphile-migrate has no way back for a committed migration'],
  }
}

function toBody({ up, isTransaction }: Step): string {
  return [...(isTransaction ? [] : ['--! no-transaction']), ...up].join('\n')
}

async function readLastHash({ migrations, read }: NewMigration): Promise<string | null> {
  const last = migrations.at(-1)
  const text = last ? await read(`committed/${last.name}.sql`) : null
  return text === null ? null : (await parseGraphileFile(text)).hash
}
