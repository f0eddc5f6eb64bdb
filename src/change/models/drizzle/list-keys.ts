import type { Expression } from 'typescript'
import type { Catalog } from '../../../project/catalog/catalog.ts'
import type { TablePlace } from '../edit-step.ts'
import type { ChainCall } from '../typescript/chains.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { readKey, readLiteral } from '../typescript/code-style.ts'
import { readImported, readImports } from '../typescript/module-imports.ts'
import { type ExtrasEntry, readTableExtras } from './extras.ts'
import { columnOf, type DrizzleField, type DrizzleCode, listTables, pgCore } from './read-tables.ts'

/** An index, a constraint or the numbers of a column in the code. */
export interface DrizzleKey {
  readonly kind: 'index' | 'unique' | 'foreign' | 'primary' | 'check' | 'identity'
  readonly table: DrizzleCode
  /** The name in the code; null without one. */
  readonly name: string | null
  /** The name that Drizzle gives it without one; null where that is not known. */
  readonly usual: string | null
  /** Its columns, as far as they are known. */
  readonly columns: readonly string[]
  readonly target: (TablePlace & { readonly columns: readonly string[] }) | null
  /** Where it stands: a call of a field, or an entry of its own. */
  readonly at:
    { readonly field: DrizzleField; readonly call: ChainCall } | { readonly entry: ExtrasEntry }
}

/** Returns the name that an index or a constraint has in the database; null where it is not known. */
export function nameOfDrizzleKey({ name, usual }: DrizzleKey): string | null {
  return name ?? usual
}

/** Lists the indexes, the constraints and the identities of a table. */
export function listKeys(edit: CodeEdit, table: DrizzleCode): DrizzleKey[] {
  const inline = table.fields.flatMap((field) =>
    field.chain.calls.flatMap((call) => readInline(edit, table, { field, call }) ?? []),
  )
  const extras = readTableExtras(edit, table)
  if (!extras || extras === 'unknown') return inline
  const entries = extras.entries.flatMap((entry) => readEntry(edit, table, entry) ?? [])
  return [...inline, ...entries]
}

function readInline(
  edit: CodeEdit,
  table: DrizzleCode,
  { field, call }: { readonly field: DrizzleField; readonly call: ChainCall },
): DrizzleKey | null {
  const column = columnIn(edit.step.before, table, field)
  if (column === null) return null
  const [first] = call.args
  const shared = { table, columns: [column], target: null, at: { field, call } }
  if (call.name === 'unique') {
    const usual = `${table.name}_${column}_unique`
    return { ...shared, kind: 'unique', name: readLiteral(edit, first), usual }
  }
  if (/^generated(?:Always|ByDefault)AsIdentity$/.test(call.name)) {
    const name = readLiteral(edit, propertyOf(edit, first, 'name'))
    return { ...shared, kind: 'identity', name, usual: `${table.name}_${column}_seq` }
  }
  if (call.name !== 'references') return null
  const target = readTarget(edit, first)
  const usual = target ? usualForeignName(table, [column], target) : null
  return { ...shared, kind: 'foreign', name: null, usual, target }
}

function readTarget(edit: CodeEdit, node: Expression | undefined): DrizzleKey['target'] {
  const { ts } = edit
  return node && ts.isArrowFunction(node) && !ts.isBlock(node.body)
    ? readTargets(edit, [node.body])
    : null
}

/** Reads columns such as `users.id` of one table. */
function readTargets(edit: CodeEdit, nodes: readonly Expression[]): DrizzleKey['target'] {
  const found = nodes.map((node) => {
    const { owner, key: wanted } = readAccess(edit, node)
    const table = listTables(edit).find(({ variable }) => variable === owner)
    const field = table?.fields.find(({ key }) => key === wanted)
    const column = table && field ? columnIn(edit.step.before, table, field) : null
    return table && column !== null ? { table, column } : null
  })
  const [first] = found
  const columns = found.flatMap((one) =>
    one?.table.variable === first?.table.variable && one ? [one.column] : [],
  )
  if (!first || columns.length < nodes.length) return null
  return { schema: first.table.schema, name: first.table.name, columns }
}

/** Returns the name of a foreign key without one. */
export function usualForeignName(
  table: Pick<TablePlace, 'name'>,
  columns: readonly string[],
  target: NonNullable<DrizzleKey['target']>,
): string {
  return [table.name, ...columns, target.name, ...target.columns, 'fk'].join('_')
}

/** Returns the column of a field by what the database has. */
function columnIn(catalog: Catalog, { schema, name }: TablePlace, field: DrizzleField) {
  const table = catalog.tables.find((one) => one.schema === schema && one.name === name)
  return columnOf(field, table?.columns ?? [])
}

const kinds: Readonly<Record<string, DrizzleKey['kind']>> = {
  index: 'index',
  uniqueIndex: 'index',
  unique: 'unique',
  foreignKey: 'foreign',
  primaryKey: 'primary',
  check: 'check',
}

function readEntry(edit: CodeEdit, table: DrizzleCode, entry: ExtrasEntry): DrizzleKey | null {
  const { ts } = edit
  const base = entry.chain?.base
  const made = readImported(edit, readImports(edit, pgCore), base?.expression)
  const kind = made !== null && Object.hasOwn(kinds, made) ? kinds[made] : undefined
  if (!base || !kind) return null
  const [first] = base.arguments
  const shared = { kind, table, at: { entry } }
  if (kind === 'foreign' || kind === 'primary') {
    const own = readOwn(edit, table, listOf(edit, propertyOf(edit, first, 'columns')))
    const target = readTargetOf(edit, table, propertyOf(edit, first, 'foreignColumns'))
    const name = readLiteral(edit, propertyOf(edit, first, 'name'))
    const isNamed = propertyOf(edit, first, 'name') !== undefined
    const usual =
      kind === 'primary'
        ? [table.name, ...(own ?? []), 'pk'].join('_')
        : own && target && usualForeignName(table, own, target)
    return { ...shared, name, usual: isNamed || !own ? null : usual, columns: own ?? [], target }
  }
  const name = readLiteral(edit, first)
  const on = entry.chain?.calls.find((call) => ['on', 'onOnly', 'using'].includes(call.name))
  const nodes = on?.args.filter((node) => !ts.isStringLiteralLike(node)) ?? []
  const columns = readOwn(edit, table, nodes)
  const suffix = kind === 'unique' ? 'unique' : 'index'
  const usual = first || !columns ? null : [table.name, ...columns, suffix].join('_')
  return { ...shared, name, usual, columns: columns ?? [], target: null }
}

function readTargetOf(edit: CodeEdit, table: DrizzleCode, node: Expression | undefined) {
  const nodes = listOf(edit, node)
  const own = readOwn(edit, table, nodes)
  if (own && nodes.length > 0) return { schema: table.schema, name: table.name, columns: own }
  return readTargets(edit, nodes)
}

/** Reads columns such as `t.id` of the table itself; null where one is something else. */
function readOwn(edit: CodeEdit, table: DrizzleCode, nodes: readonly Expression[]) {
  const { ts } = edit
  const extras = readTableExtras(edit, table)
  const parameter = extras && extras !== 'unknown' ? extras.parameter : null
  const found = nodes.flatMap((node) => {
    let inner = node
    // the order of a key, such as `t.id.desc()`
    while (ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression)) {
      inner = inner.expression.expression
    }
    const { owner, key } = readAccess(edit, inner)
    if (owner === null || ![parameter, table.variable].includes(owner)) return []
    const field = table.fields.find((one) => one.key === key)
    return (field && columnIn(edit.step.before, table, field)) ?? []
  })
  return found.length === nodes.length ? found : null
}

function readAccess(edit: CodeEdit, node: Expression) {
  const { ts } = edit
  const isPlain = ts.isPropertyAccessExpression(node)
  if (!isPlain && !ts.isElementAccessExpression(node)) return { owner: null, key: null }
  const owner = ts.isIdentifier(node.expression) ? node.expression.text : null
  return { owner, key: isPlain ? node.name.text : readLiteral(edit, node.argumentExpression) }
}

function listOf({ ts }: CodeEdit, node: Expression | undefined): readonly Expression[] {
  return node && ts.isArrayLiteralExpression(node) ? node.elements : []
}

/** Returns the value of a property of an object; nothing where it has none. */
export function propertyOf(
  edit: CodeEdit,
  node: Expression | undefined,
  name: string,
): Expression | undefined {
  const { ts } = edit
  if (!node || !ts.isObjectLiteralExpression(node)) return undefined
  const found = node.properties.find((one) => readKey(edit, one.name) === name)
  return found && ts.isPropertyAssignment(found) ? found.initializer : undefined
}
