import type { MigrationWriter, NewMigration } from '../../migration-writer.ts'
import { noteIndexes } from '../../shared/notes.ts'
import {
  hasLine,
  joinSteps,
  type Step,
  toMigrationSteps,
  toWrittenParts,
  withoutConcurrently,
} from '../../shared/migration-steps.ts'
import { addEntry, journalPath, toSnapshotText } from './snapshots.ts'

/**
 * Writes one migration for all parts, because Drizzle runs everything that waits in one transaction: into the journal (before
 * 1.0), or as a folder (1.0). Its snapshot repeats the one before it, as after `drizzle-kit generate --custom`.
 */
export const writeDrizzle: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  if (names.length === 0) {
    return { unsupported: 'Without any migration, it is unknown which version of Drizzle this is.' }
  }
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /--> statement-breakpoint/)) {
    return { unsupported: 'A text or name in the SQL is what Drizzle divides statements by.' }
  }
  const [step] = joinSteps(withoutConcurrently(steps), migration.title)
  if (!step) return { unsupported: 'There is nothing to write.' }
  const isJournal = migration.paths.includes(journalPath)
  const files = isJournal
    ? await toJournalFiles(migration, step)
    : await toFolderFiles(migration, step)
  if ('unsupported' in files) return files
  return {
    files,
    names: [step.name],
    plain: toWrittenParts([step]),
    notes: [
      ...noteIndexes('Drizzle', steps),
      'Drizzle has no way back for a migration',
      'The snapshot repeats the one before it: once schema.ts has the change too, "drizzle-kit generate" writes it again, and that migration must be emptied',
    ],
  }
}

const toText = ({ up }: Step) => `${up.join('\n--> statement-breakpoint\n')}\n`

async function toJournalFiles({ migrations, read, now }: NewMigration, step: Step) {
  const journal = await addEntry(await read(journalPath), step.name, now)
  const last = migrations.at(-1)?.name ?? ''
  const text = await read(toSnapshotPath(last))
  const snapshot = text === null ? null : await toSnapshotText(text, step.name, 'prevId')
  if (journal === null || snapshot === null) {
    return { unsupported: `${journalPath} or the newest snapshot is not what drizzle-kit writes.` }
  }
  return [
    { path: `${step.name}.sql`, content: toText(step) },
    { path: toSnapshotPath(step.name), content: snapshot },
    { path: journalPath, content: journal },
  ]
}

function toSnapshotPath(tag: string): string {
  return `meta/${tag.split('_')[0]}_snapshot.json`
}

async function toFolderFiles({ migrations, read }: NewMigration, step: Step) {
  const needed = new Set(migrations.flatMap((one) => one.dependencies.map(({ name }) => name)))
  const heads = migrations.map(({ name }) => name).filter((name) => !needed.has(name))
  if (heads.length > 1) {
    return { unsupported: `The branches ${heads.join(' and ')} have to be merged first.` }
  }
  const text = await read(`${heads[0]}/snapshot.json`)
  const snapshot = text === null ? null : await toSnapshotText(text, step.name, 'prevIds')
  if (snapshot === null)
    return { unsupported: 'The newest snapshot is not what drizzle-kit writes.' }
  return [
    { path: `${step.name}/migration.sql`, content: toText(step) },
    { path: `${step.name}/snapshot.json`, content: snapshot },
  ]
}
