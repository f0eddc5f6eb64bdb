import type { Sql } from 'postgres'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import type { ModelEditor } from '../../../src/change/models/model-code.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { migrate } from '../schema/migrate.ts'

/** Applies changes to a database and to the text of its models; resolves to the text and the notes. */
export async function migrateModels(
  sql: Sql,
  { text, changes, edit }: { text: string; changes: readonly object[]; edit: ModelEditor },
) {
  const catalog = await readCatalog(postgresDatabase(sql))
  const parsed = modelChangesSchema.parse(changes)
  const applied = applyChanges(catalog, parsed)
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults))
  const edited = await edit(text, applied.steps)
  await migrate(sql, printStatements(catalog, parsed))
  return { text: edited.text ?? '', notes: edited.notes, steps: applied.steps }
}

/** Returns the lines that are in the first text and not in the second, and the other way round. */
export function differingLines(before: string, after: string) {
  const [old, now] = [before.split('\n'), after.split('\n')]
  return {
    removed: old.filter((line) => !now.includes(line)),
    added: now.filter((line) => !old.includes(line)),
  }
}
