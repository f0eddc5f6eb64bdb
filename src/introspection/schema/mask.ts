import { createFinder } from '../../health/drift/compare-models.ts'
import type { Issue } from '../../health/kit/issue.ts'
import { append } from '../../lib/groups.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import type { Steps } from '../../lib/steps/turns.ts'
import { isSecretName } from '../../lib/secret-names.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { SchemaIssue } from './schema-answers.ts'

/** Keeps the names of sensitive columns, and of models that are not exposed, out of answers. */
export interface Mask {
  /** True for an issue about a model that is not exposed. */
  isWithheld(issue: Issue): boolean
  /** Replaces sensitive names, and leaves out a fix that mentions one. `issue` is where `wireIssue` came from. */
  apply(wireIssue: SchemaIssue, issue: Issue): SchemaIssue
}

/** Builds the mask in steps. Models decide which columns are sensitive; without a model, the name of a column does. */
export function* createMask(models: readonly AppModel[], catalog: Catalog | null): Steps<Mask> {
  const resolve = tableResolver(catalog)
  yield
  const hidden = findHidden(models, catalog, resolve)
  yield
  const secrets = yield* findSecrets(models, catalog, resolve)
  return {
    isWithheld: (issue) =>
      toTables(issue).some((table) => hidden.has(table)) ||
      [issue.message, issue.fix, issue.hint].some((text) => mentions(text, hidden)),
    apply(wireIssue, issue) {
      const names = new Set(toTables(issue).flatMap((table) => [...(secrets.get(table) ?? [])]))
      return names.size > 0 ? maskIssue(wireIssue, toPattern([...names])) : wireIssue
    },
  }
}

/**
 * Returns the tables, views and sequences that clients may not know of, as `schema.name`: those of models that are not exposed,
 * and what exists because of them.
 */
export function findHiddenObjects(
  models: readonly AppModel[],
  catalog: Catalog | null,
): ReadonlySet<string> {
  return findHidden(models, catalog, tableResolver(catalog))
}

/** Returns a function that names the table of a model with its schema, where the model leaves the schema open. */
function tableResolver(catalog: Catalog | null): (model: AppModel) => string {
  const find = catalog ? createFinder(catalog) : () => undefined
  return (model) => toKey(find(model)?.schema ?? model.schema, model.table)
}

/**
 * Returns the tables of models that are not exposed, with what exists because of them: their partitions, the tables that
 * inherit from them, views over them, and their sequences. A table or view with a visible model is never among them.
 */
function findHidden(
  models: readonly AppModel[],
  catalog: Catalog | null,
  resolve: (model: AppModel) => string,
): ReadonlySet<string> {
  const isHidden = ({ exposed }: AppModel) => exposed === false
  const hidden = new Set(models.filter(isHidden).map(resolve))
  const visible = new Set(models.filter((model) => !isHidden(model)).map(resolve))
  const dependents = new Map<string, string[]>()
  const add = (of: ObjectName, { schema, name }: ObjectName) =>
    append(dependents, toKey(of.schema, of.name), toKey(schema, name))
  for (const table of catalog?.tables ?? []) {
    for (const parent of table.inherits) add(parent, table)
    if (table.partitionOf) add(table.partitionOf, table)
  }
  for (const view of catalog?.views ?? []) for (const table of view.reads) add(table, view)
  for (const { schema, name, ownedBy } of catalog?.sequences ?? []) {
    if (ownedBy) add({ schema: ownedBy.schema, name: ownedBy.table }, { schema, name })
  }
  for (const key of hidden) {
    for (const next of dependents.get(key) ?? []) if (!visible.has(next)) hidden.add(next)
  }
  return hidden
}

/** Returns the sensitive columns of each table, by its schema and name. */
function* findSecrets(
  models: readonly AppModel[],
  catalog: Catalog | null,
  resolve: (model: AppModel) => string,
): Steps<ReadonlyMap<string, ReadonlySet<string>>> {
  const secrets = new Map<string, Set<string>>()
  const add = (key: string, column: string) => {
    secrets.set(key, (secrets.get(key) ?? new Set()).add(column))
  }
  const declared = new Set<string>()
  for (const model of models) {
    const key = resolve(model)
    declared.add(key)
    for (const { column, sensitive } of model.fields) if (sensitive) add(key, column)
    yield
  }
  for (const { schema, name, columns } of [...(catalog?.tables ?? []), ...(catalog?.views ?? [])]) {
    const key = toKey(schema, name)
    if (declared.has(key)) continue
    for (const { name: column, baseType: type } of columns) {
      if (isSecretName(column, { table: name, type })) add(key, column)
    }
    yield
  }
  return secrets
}

function toTables({ schema, table, objects }: Issue): string[] {
  const parts = objects.map((object) => toKey(object.schema, object.table ?? object.name))
  return table === null ? parts : [toKey(schema, table), ...parts]
}

function toKey(schema: string | null, table: string): string {
  return `${schema ?? 'public'}.${table}`
}

/** True for a text that names a hidden table together with its schema. */
function mentions(text: string | null, hidden: ReadonlySet<string>): boolean {
  if (text === null || hidden.size === 0) return false
  const name = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)'
  const pairs = text.matchAll(new RegExp(`(${name})\\.(${name})`, 'gu'))
  const plain = (part = '') =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part
  return [...pairs].some(([, schema, table]) => hidden.has(`${plain(schema)}.${plain(table)}`))
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
function maskValues(values: JsonObject, hide: (text: string) => string): JsonObject {
  const mask = (value: Json): Json =>
    typeof value === 'string' ? hide(value) : Array.isArray(value) ? value.map(mask) : value
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mask(value)]))
}
