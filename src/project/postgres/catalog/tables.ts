import { mapSteps, type Steps } from '../../../lib/steps/turns.ts'
import type {
  CatalogPolicy,
  CatalogTable,
  CatalogTrigger,
  CatalogView,
} from '../../catalog/relations.ts'
import { type Columns, columnReader } from './columns.ts'
import { indexReader, indexRecords, type KeyRecords } from './indexes.ts'
import { type ConstraintRecord, constraintRecords, toKeys } from './keys.ts'
import { byName, byObjectName, commentFinder, extensionFinder } from './lookup.ts'
import { groupRows, toNumbers, toTexts } from './lookup.ts'
import { sizeReader } from './sizes.ts'
import type { CatalogRows, RelationRow } from './rows.ts'

/** Builds the tables and views from their rows, in steps. */
export function* toRelations(rows: CatalogRows): Steps<{
  readonly tables: CatalogTable[]
  readonly views: CatalogView[]
}> {
  const columnsOf = columnReader(rows)
  yield
  const facts = yield* relationFacts(rows)
  const shared = { columns: new Map<string, Columns>(), ...facts }
  for (const [oid] of rows.relations) {
    shared.columns.set(oid, columnsOf(oid))
    yield
  }
  yield
  const isView = ([, , , kind]: RelationRow) => kind === 'v' || kind === 'm'
  const toTable = tableReader(rows, shared)
  yield
  const toView = viewReader(rows, shared)
  const tables = yield* mapSteps(
    rows.relations.filter((row) => !isView(row)),
    toTable,
  )
  const views = yield* mapSteps(rows.relations.filter(isView), toView)
  return { tables: tables.sort(byObjectName), views: views.sort(byObjectName) }
}

type Shared = RelationFacts & { readonly columns: ReadonlyMap<string, Columns> }

type RelationFacts =
  ReturnType<typeof relationFacts> extends Generator<unknown, infer Facts> ? Facts : never

const noColumns: Columns = { list: [], nameAt: () => null, collationAt: () => '0' }

/** Returns the readers that tables and views share. */
function* relationFacts(rows: CatalogRows) {
  const commentOf = commentFinder(rows.comments)
  yield
  const extensionOf = extensionFinder(rows.members)
  yield
  return {
    sizeOf: sizeReader(rows),
    indexesOf: indexRecords(rows),
    toIndexes: indexReader(rows),
    common: (row: RelationRow) => ({
      oid: row[0],
      schema: row[1],
      name: row[2],
      owner: row[4],
      comment: commentOf(row[0], 0),
      extension: extensionOf('pg_class', row[0]),
      options: toTexts(row[11]),
    }),
  }
}

/** The kinds of tables by `pg_class.relkind`. */
const tableKinds: Readonly<Record<string, CatalogTable['kind']>> = {
  r: 'table',
  p: 'partitioned',
  f: 'foreign',
}

function tableReader(rows: CatalogRows, shared: Shared): (row: RelationRow) => CatalogTable {
  const constraintsOf = constraintRecords(rows)
  const parentsOf = groupRows(rows.inherits)
  const attached = attachedReader(rows)
  return (row) => {
    const { oid, schema, name, owner, comment, extension, options } = shared.common(row)
    const columns = shared.columns.get(oid) ?? noColumns
    const records = { indexes: shared.indexesOf(oid), constraints: constraintsOf(oid) }
    const lookup = keyLookup(records, shared)
    const { primaryKey, keys, foreignKeys, checks } = toKeys(records.constraints, columns, lookup)
    const { triggers, disabledForeignKeys, policies, rules } = attached(oid)
    const parents = parentsOf(oid).map((parent) => ({ schema: parent[2], name: parent[3] }))
    const [parent] = parents
    const bound = row[13]
    const size = shared.sizeOf(row)
    // one literal, because spreading objects of this many properties is slow and takes more memory
    return {
      oid,
      schema,
      name,
      kind: tableKinds[row[3]] ?? 'table',
      owner,
      comment,
      extension,
      isUnlogged: row[5] === 'u',
      columns: columns.list,
      primaryKey,
      keys,
      foreignKeys,
      checks,
      indexes: shared.toIndexes(records, columns),
      triggers,
      ...(disabledForeignKeys ? { disabledForeignKeys } : {}),
      policies,
      rules,
      hasRowSecurity: row[6],
      forcesRowSecurity: row[7],
      partitionKey: row[12],
      partitionOf: bound !== null && parent ? { ...parent, bound } : null,
      inherits: bound === null ? parents : [],
      estimatedRows: size.rows,
      estimatedBytes: size.bytes,
      options,
    }
  }
}

function keyLookup({ indexes }: KeyRecords, shared: Shared) {
  return {
    indexName: (oid: string) => indexes.find((index) => index.oid === oid)?.name ?? '',
    targetColumns({ targetOid, targetColumns, targetNames }: ConstraintRecord) {
      const target = shared.columns.get(targetOid) ?? noColumns
      return targetNames === null
        ? toNumbers(targetColumns).flatMap((position) => target.nameAt(position) ?? [])
        : toTexts(targetNames)
    },
  }
}

function toDisabledKeys(
  rows: CatalogRows['disabledKeys'],
): Pick<CatalogTable, 'disabledForeignKeys'> {
  if (rows.length === 0) return {}
  const keys = rows.map(([, name, schema, table, isReplicaOnly]) => ({
    name,
    owner: { schema, name: table },
    isReplicaOnly,
  }))
  return { disabledForeignKeys: keys.sort(byName) }
}

/** The firing modes of triggers by `pg_trigger.tgenabled`. */
const firing: Readonly<Record<string, CatalogTrigger['enabled']>> = {
  O: 'origin',
  D: 'disabled',
  R: 'replica',
  A: 'always',
}

/** The commands of policies by `pg_policy.polcmd`. */
const commands: Readonly<Record<string, CatalogPolicy['command']>> = {
  '*': 'all',
  r: 'select',
  a: 'insert',
  w: 'update',
  d: 'delete',
}

function attachedReader(rows: CatalogRows) {
  const triggersOf = groupRows(rows.triggers)
  const disabledOf = groupRows(rows.disabledKeys)
  const policiesOf = groupRows(rows.policies)
  const rulesOf = groupRows(rows.rules)
  return (
    oid: string,
  ): Pick<CatalogTable, 'triggers' | 'disabledForeignKeys' | 'policies' | 'rules'> => ({
    ...toDisabledKeys(disabledOf(oid)),
    triggers: triggersOf(oid)
      .map(([, name, enabled, definition, called]) => ({
        name,
        enabled: firing[enabled] ?? 'origin',
        definition,
        function: called,
      }))
      .sort(byName),
    policies: policiesOf(oid)
      .map(([, name, isPermissive, command, roles, using, withCheck]) => ({
        name,
        isPermissive,
        command: commands[command] ?? 'all',
        roles: toTexts(roles).toSorted(),
        using,
        withCheck,
      }))
      .sort(byName),
    rules: rulesOf(oid)
      .map(([, name]) => name)
      .sort(),
  })
}

function viewReader(rows: CatalogRows, shared: Shared): (row: RelationRow) => CatalogView {
  const readsOf = groupRows(rows.reads)
  return (row) => {
    const [oid, , , kind, , , , , , , isPopulated] = row
    const columns = shared.columns.get(oid) ?? noColumns
    const common = shared.common(row)
    return {
      ...common,
      kind: kind === 'm' ? 'materialized' : 'view',
      columns: columns.list,
      indexes: shared.toIndexes({ indexes: shared.indexesOf(oid), constraints: [] }, columns),
      isSecurityInvoker: common.options.some((option) => invoker.test(option)),
      isPopulated,
      reads: readsOf(oid)
        .map(([, schema, name]) => ({ schema, name }))
        .sort(byObjectName),
      estimatedRows: kind === 'm' ? shared.sizeOf(row).rows : null,
    }
  }
}

/** Matches every spelling of true that PostgreSQL accepts in `reloptions`. */
const invoker = /^security_invoker=(t|tr|tru|true|y|ye|yes|on|1)$/i
