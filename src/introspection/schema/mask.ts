import type { Issue } from '../../health/kit/issue.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { isSecretName } from '../../lib/secret-names.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { SchemaIssue } from './wire.ts'

/** Keeps the names of sensitive columns, and of models that are not exposed, out of answers. */
export interface Mask {
  /** True for an issue about a model that is not exposed. */
  isWithheld(issue: Issue): boolean
  /** Replaces sensitive names, and leaves out a fix that mentions one. `issue` is where `wireIssue` came from. */
  apply(wireIssue: SchemaIssue, issue: Issue): SchemaIssue
}

/** Builds the mask. Models decide which columns are sensitive; without a model, the name of a column does. */
export function createMask(models: readonly AppModel[], catalog: Catalog | null): Mask {
  const hiddenTables = new Set(
    models.filter(({ exposed }) => exposed === false).map(({ table }) => table),
  )
  const secrets = findSecrets(models, catalog)
  return {
    isWithheld: (issue) => toTables(issue).some((table) => hiddenTables.has(table)),
    apply(wireIssue, issue) {
      const names = new Set(toTables(issue).flatMap((table) => [...(secrets.get(table) ?? [])]))
      return names.size > 0 ? maskIssue(wireIssue, toPattern([...names])) : wireIssue
    },
  }
}

/** Returns the sensitive columns of each table, by the table's name in any schema. */
function findSecrets(
  models: readonly AppModel[],
  catalog: Catalog | null,
): ReadonlyMap<string, ReadonlySet<string>> {
  const secrets = new Map<string, Set<string>>()
  const add = (table: string, column: string) => {
    secrets.set(table, (secrets.get(table) ?? new Set()).add(column))
  }
  for (const { table, fields } of models) {
    for (const { column, sensitive } of fields) if (sensitive) add(table, column)
  }
  const declared = new Set(models.map(({ table }) => table))
  for (const { name: table, columns } of [...(catalog?.tables ?? []), ...(catalog?.views ?? [])]) {
    if (declared.has(table)) continue
    for (const { name, baseType: type } of columns) {
      if (isSecretName(name, { table, type })) add(table, name)
    }
  }
  return secrets
}

function toTables({ table, objects }: Issue): string[] {
  return [
    ...(table === null ? [] : [table]),
    ...objects.flatMap((object) => (object.table === null ? [] : [object.table])),
  ]
}

function toPattern(names: readonly string[]): RegExp {
  // The longest first: a name that is part of a longer one must not leave the rest of it visible.
  const alternatives = names
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`(?<![A-Za-z0-9])(${alternatives.join('|')})(?![A-Za-z0-9])`, 'g')
}

const masked = '[sensitive]'

function maskIssue(issue: SchemaIssue, pattern: RegExp): SchemaIssue {
  const hide = (value: string) => value.replace(pattern, masked)
  const { column, expected, actual, fix_sql, objects } = issue
  return {
    ...issue,
    id: hide(issue.id),
    column: column === null ? null : hide(column),
    message: hide(issue.message),
    expected: expected && maskValues(expected, hide),
    actual: actual && maskValues(actual, hide),
    objects: objects.map((object) =>
      object.kind === 'table' ? object : { ...object, name: hide(object.name) },
    ),
    // A statement with a masked name would not run.
    fix_sql: fix_sql !== null && hide(fix_sql) === fix_sql ? fix_sql : null,
  }
}

/** Masks texts and lists of texts; flags stay as they are. */
function maskValues(
  values: Record<string, unknown>,
  hide: (text: string) => string,
): Record<string, unknown> {
  const mask = (value: unknown): unknown =>
    typeof value === 'string' ? hide(value) : Array.isArray(value) ? value.map(mask) : value
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mask(value)]))
}
