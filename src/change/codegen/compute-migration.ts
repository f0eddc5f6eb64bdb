import type { ChangeMigration, MigrationText } from '../../records/change.ts'
import { type MigrationPart, toMigrationParts, toReverseParts } from '../ddl/migration-parts.ts'
import { toPlainStatements } from '../ddl/plain-form.ts'
import { printStatements } from '../ddl/print-statements.ts'
import type { DdlStatement } from '../ddl/statement.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { ModelChange } from '../schema/model-change.ts'
import type { WrittenMigration } from '../writers/migration-writer.ts'

/** The statements of a migration, in the parts in which a tool runs them. */
export interface ComputedMigration {
  readonly statements: readonly DdlStatement[]
  readonly up: readonly MigrationPart[]
  /** What gives back the structure from before; null when that is not possible. */
  readonly down: readonly MigrationPart[] | null
}

/** Prints the statements of changes that have no faults, and those that take them back. */
export function computeMigration(
  catalog: Catalog,
  changes: readonly ModelChange[],
): ComputedMigration {
  const statements = printStatements(catalog, changes)
  return { statements, up: toMigrationParts(statements), down: toReverseParts(statements) }
}

/** Returns a migration as its files have it. */
export function asWritten(
  computed: ComputedMigration,
  plain: WrittenMigration['plain'],
): ComputedMigration {
  if (!plain) return computed
  return { ...plain, statements: toPlainStatements(computed.statements, plain.up) }
}

/** Describes a migration as a change set keeps it. */
export function toChangeMigration(
  { statements, up, down }: ComputedMigration,
  rest: Pick<ChangeMigration, 'app' | 'tool' | 'names' | 'changes' | 'structureAfter'>,
): ChangeMigration {
  return {
    ...rest,
    up: toTexts(up),
    down: down && toTexts(down),
    statements: statements.map(({ sql, effect, transaction, note }) => ({
      sql,
      lock: effect.lock,
      rewrites: effect.rewrites,
      transaction,
      note,
    })),
  }
}

function toTexts(parts: readonly MigrationPart[]): MigrationText[] {
  return parts.map(({ isTransaction, sql }) => ({ isTransaction, sql: sql.join('\n') }))
}

/** Names a migration after its changes: `add_phone_to_customers`. */
export function toTitle(changes: readonly ModelChange[]): string {
  const [first] = changes
  const tables = [...new Set(changes.map(({ table }) => table))]
  const isNew = first?.op === 'create_table' && changes.every(({ table }) => table === first.table)
  const words =
    first && (changes.length === 1 || isNew) ? describe(first) : ['change', tables.join('_and_')]
  const title = words
    .join('_')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
  return title.slice(0, 60).replaceAll(/^_+|_+$/g, '') || 'change'
}

function describe(change: ModelChange): string[] {
  const { op, table } = change
  switch (op) {
    case 'add_column':
      return ['add', change.column.name, 'to', table]
    case 'alter_column':
      return ['alter', change.column, 'of', table]
    case 'drop_column':
      return ['drop', change.column, 'of', table]
    case 'rename_column':
      return ['rename', change.column, 'of', table, 'to', change.to]
    case 'create_table':
    case 'drop_table':
      return [op, table].map((word) => word.replace('_table', ''))
    case 'rename_table':
      return ['rename', table, 'to', change.to]
    default:
      return [op, 'of', table]
  }
}
