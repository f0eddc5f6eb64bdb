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

/** Describes tables as far as tools that declare them can say it: without checks, orders, and the kind of generated numbers. */
export async function describeTables(sql: Sql) {
  const { tables } = await readCatalog(postgresDatabase(sql))
  const described = tables.map((table) => ({
    name: table.name,
    columns: Object.fromEntries(
      table.columns.map((column) => [
        column.name,
        {
          type: column.type.replace('(6)', ''), // the precision of a time that says nothing
          notNull: column.isArray || column.notNull,
          default: toPlainDefault(column),
        },
      ]),
    ),
    primaryKey: table.primaryKey?.columns ?? [],
    indexes: table.indexes
      .filter(({ isPrimary }) => !isPrimary)
      .map(({ name, isUnique, keys }) => ({
        name,
        isUnique,
        columns: keys.map(({ column }) => column),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    foreignKeys: table.foreignKeys
      .map(({ name, columns, target, targetColumns, onDelete, onUpdate }) => ({
        name,
        columns,
        target: target.name,
        targetColumns,
        onDelete,
        onUpdate,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }))
  return Object.fromEntries(described.map(({ name, ...table }) => [name, table]))
}

function toPlainDefault(column: { default: string | null; identity: string | null }) {
  const text = column.default
  if (column.identity !== null || text?.startsWith('nextval(')) return 'a number'
  if (text === 'now()') return 'CURRENT_TIMESTAMP'
  return text?.replace(/^'?(-?[\d.]+)'?(?:::(?:integer|numeric|bigint))?$/, '$1') ?? null
}
