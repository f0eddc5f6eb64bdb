import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { type ModelChange, modelChangeSchema } from '../../../src/change/schema/model-change.ts'
import type { Catalog, CatalogTable } from '../../../src/project/catalog/catalog.ts'
import type { Random } from '../../support/random-plans/random.ts'

const types =
  `smallint integer bigint real|double precision|numeric|numeric(10,2)|numeric(12,2)|boolean|text|varchar|varchar(40)|
  varchar(80)|uuid|date|timestamptz|timestamp(3)|interval|json|jsonb|bytea|inet|integer[]|varchar(20)[]`
    .replace('smallint integer bigint real', 'smallint|integer|bigint|real')
    .split('|')
    .map((text) => text.trim())

const defaults = [
  { kind: 'value', value: 0 },
  { kind: 'value', value: -7 },
  { kind: 'value', value: 2.5 },
  { kind: 'value', value: -2.5 },
  { kind: 'value', value: true },
  { kind: 'value', value: "it's" },
  { kind: 'value', value: '' },
  { kind: 'value', value: 'new' },
  { kind: 'function', name: 'now()' },
  { kind: 'function', name: 'CURRENT_TIMESTAMP' },
  { kind: 'function', name: 'CURRENT_DATE' },
  { kind: 'function', name: 'gen_random_uuid()' },
]

const operations: readonly ModelChange['op'][] = [
  'create_table',
  'drop_table',
  'rename_table',
  'add_column',
  'alter_column',
  'alter_column',
  'drop_column',
  'rename_column',
  'add_index',
  'drop_index',
  'add_unique',
  'add_foreign_key',
  'add_check',
  'drop_constraint',
]

/** Makes a list of changes that fit a catalog, and one after the other. */
export function randomChanges(catalog: Catalog, random: Random, fresh: () => string) {
  const changes: ModelChange[] = []
  let state = catalog
  for (let wanted = 1 + random.below(6); wanted > 0; wanted--) {
    const op = state.tables.length > 3 ? random.pick(operations) : 'create_table'
    // most random changes do not fit the tables, and each operation should have its share
    for (let attempt = 0; attempt < 60; attempt++) {
      const parsed = modelChangeSchema.safeParse(makeChange(op, state, random, fresh))
      const applied = parsed.success && applyChanges(state, [parsed.data])
      if (!parsed.success || !applied || !applied.ok) continue
      changes.push(parsed.data)
      state = applied.catalog
      break
    }
  }
  return changes
}

function makeChange(
  op: ModelChange['op'],
  catalog: Catalog,
  random: Random,
  fresh: () => string,
): unknown {
  if (op === 'create_table') return makeTable(catalog, random, fresh)
  const table = random.pick(catalog.tables)
  const at = { op, schema: table.schema, table: table.name }
  const column = random.pick(table.columns)?.name
  const some = () => sample(table, random)
  const named = random.chance(0.5) ? { name: `n_${fresh()}` } : {}
  switch (op) {
    case 'drop_table':
      return at
    case 'rename_table':
      return { ...at, to: `t_${fresh()}` }
    case 'add_column':
      return { ...at, column: makeColumn(`c_${fresh()}`, catalog, random) }
    case 'alter_column':
      return { ...at, column, ...makeAlteration(catalog, random) }
    case 'drop_column':
      return { ...at, column }
    case 'rename_column':
      return { ...at, column, to: `c_${fresh()}` }
    case 'add_index':
      return { ...at, columns: some(), ...named, unique: random.chance(0.3) }
    case 'drop_index':
      return { ...at, name: pickName(table.indexes, random) }
    case 'add_unique':
      return { ...at, columns: some(), ...named }
    case 'add_foreign_key':
      return { ...at, ...makeReference(table, catalog, random), ...named }
    case 'add_check':
      return { ...at, check: makeCheck(column ?? '', random), name: `k_${fresh()}` }
    case 'drop_constraint': {
      const { keys, foreignKeys, checks } = table
      return { ...at, name: pickName([...keys, ...foreignKeys, ...checks], random) }
    }
  }
}

function pickName(list: readonly { readonly name: string }[], random: Random): string {
  return list.length > 0 ? random.pick(list).name : ''
}

function sample(table: CatalogTable, random: Random): string[] {
  const names = new Set<string>()
  for (let left = 1 + random.below(3); left > 0; left--) names.add(random.pick(table.columns).name)
  return [...names]
}

function pickType({ enums }: Catalog, random: Random): string {
  const one = enums.length > 0 && random.chance(0.15) ? random.pick(enums) : null
  return one ? `${one.schema}.${one.name}${random.chance(0.2) ? '[]' : ''}` : random.pick(types)
}

function makeDefault({ enums }: Catalog, random: Random): unknown {
  const labels = enums.flatMap((one) => one.labels)
  if (labels.length > 0 && random.chance(0.15)) return { kind: 'value', value: random.pick(labels) }
  return random.pick(defaults)
}

function makeColumn(name: string, catalog: Catalog, random: Random): Record<string, unknown> {
  return {
    name,
    type: pickType(catalog, random),
    ...(random.chance(0.6) ? { nullable: random.chance(0.5) } : {}),
    ...(random.chance(0.4) ? { default: makeDefault(catalog, random) } : {}),
    ...(random.chance(0.1) ? { identity: random.pick(['always', 'by default']) } : {}),
  }
}

function makeTable(catalog: Catalog, random: Random, fresh: () => string) {
  const columns = Array.from({ length: 1 + random.below(5) }, () =>
    makeColumn(`c_${fresh()}`, catalog, random),
  )
  const key = [...new Set([random.pick(columns), random.pick(columns)].map((one) => one['name']))]
  return {
    op: 'create_table',
    schema: random.pick(catalog.schemas).name,
    table: `t_${fresh()}`,
    columns,
    ...(random.chance(0.7) ? { primary_key: key } : {}),
  }
}

function makeAlteration(catalog: Catalog, random: Random): object {
  return {
    ...(random.chance(0.5) ? { type: pickType(catalog, random) } : {}),
    ...(random.chance(0.3) ? { nullable: random.chance(0.5) } : {}),
    ...(random.chance(0.4)
      ? { default: random.chance(0.3) ? null : makeDefault(catalog, random) }
      : {}),
  }
}

/** Makes a foreign key to a unique index, from columns of the same types where the table has them. */
function makeReference(table: CatalogTable, catalog: Catalog, random: Random): object {
  const target = random.pick(catalog.tables)
  const unique = target.indexes.filter((one) => one.isUnique)
  if (unique.length === 0) return {}
  const columns = random.pick(unique).keys.flatMap(({ column }) => column ?? [])
  const from = columns.map((name) => {
    const type = target.columns.find((one) => one.name === name)?.baseType
    const fitting = table.columns.filter((one) => one.baseType === type)
    return fitting.length > 0 ? random.pick(fitting).name : 'none'
  })
  const actions = ['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL']
  return {
    columns: from,
    target: { schema: target.schema, table: target.name, columns },
    ...(random.chance(0.5) ? { on_delete: random.pick(actions) } : {}),
    ...(random.chance(0.3) ? { on_update: random.pick(actions) } : {}),
  }
}

function makeCheck(column: string, random: Random): object {
  return random.chance(0.6)
    ? {
        kind: 'compare',
        column,
        operator: random.pick(['>', '>=', '<', '<=', '<>']),
        value: random.pick([0, 7, -7, 2_147_483_647]),
      }
    : { kind: 'one_of', column, values: ['a', "b'c", 'new value'] }
}
