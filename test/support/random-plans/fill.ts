import type { Sql } from 'postgres'
import { createRandom, type Random } from './random.ts'
import type { Column, MemoryTable, Values } from './tables.ts'

const rowsPerTable = 14

/** Few values for each type, so that rows meet in groups; numbers that no double holds are among them. */
const samples: Readonly<Record<string, readonly string[]>> = {
  int2: ['0', '1', '2', '-3'],
  int4: ['0', '1', '2', '-3', '2147483647'],
  int8: ['1', '2', '9007199254740993', '-9007199254740995', '4611686018427387904'],
  numeric: ['0', '1.5', '-2.25', '0.001', '12345678901234567890.123456789', '3.10'],
  float4: ['0.25', '-1.5', '3', '1024.75'],
  float8: ['0.25', '-1.5', '3', '1048576.125'],
  text: ['alpha', 'Beta', 'b%ta', '', 'x_y', `it's`, 'Ünï', 'alpha beta', '\\'],
  bool: ['true', 'false'],
  date: ['2024-01-01', '2024-02-29', '1999-12-31'],
  timestamp: ['2024-01-01 00:00:00', '2024-01-01 00:00:00.000001', '2023-06-01 12:30:00.5'],
  timestamptz: [
    '2024-01-01 00:00:00+00',
    '2024-01-01 00:00:00.000001+00',
    '2023-06-01 12:30:00.5+00',
  ],
  jsonb: ['{"k": 1}', '{"k": 2, "s": "x"}', '[1, 2]', '{}', '"text"'],
  json: ['{"k": 1}', '{}'],
  _text: ['{}', '{a,b}', '{b,"c d"}', '{NULL,a}'],
  interval: ['1 day', '02:00:00'],
}

/** Fills all tables with rows that the schema accepts, parents first, and keeps them in memory as PostgreSQL stored them. */
export async function fillTables(
  sql: Sql,
  schema: string,
  tables: Map<string, MemoryTable>,
): Promise<void> {
  const random = createRandom(7)
  for (const table of inOrder(tables)) {
    for (let index = 0; index < rowsPerTable; index++) {
      const row = makeRow(table, index, { random, tables })
      const names = Object.keys(row)
      const list = names.map((name) => `"${name}"`).join(', ')
      const values = names.map((name) => quote(row[name] ?? null)).join(', ')
      // Checks and unique keys may refuse a row; some tables get fewer rows.
      await sql
        .unsafe(`insert into "${schema}"."${table.name}" (${list}) values (${values})`)
        .catch(() => undefined)
      if (table.foreignKeys.some(({ target }) => target === table.name))
        await loadRows(sql, schema, table)
    }
    await loadRows(sql, schema, table)
  }
}

function quote(text: string | null): string {
  return text === null ? 'null' : `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

async function loadRows(sql: Sql, schema: string, table: MemoryTable): Promise<void> {
  const columns = table.columns.map(({ name, kind }) =>
    kind === 'array'
      ? `array_to_json("${name}")::text as "${name}"`
      : `"${name}"::text as "${name}"`,
  )
  const [, rows] = await sql.unsafe(
    `set timezone to 'UTC'; select ${columns.join(', ')} from "${schema}"."${table.name}"`,
  )
  table.rows = (rows ?? []) as unknown as readonly Values[]
}

/** Sorts tables so that each comes behind those that it references. */
function inOrder(tables: Map<string, MemoryTable>): MemoryTable[] {
  const sorted: MemoryTable[] = []
  const seen = new Set<string>()
  const visit = (table: MemoryTable) => {
    if (seen.has(table.name)) return
    seen.add(table.name)
    for (const { target } of table.foreignKeys) {
      const parent = tables.get(target)
      if (parent) visit(parent)
    }
    sorted.push(table)
  }
  for (const table of tables.values()) visit(table)
  return sorted
}

function makeRow(
  table: MemoryTable,
  index: number,
  { random, tables }: { readonly random: Random; readonly tables: Map<string, MemoryTable> },
): Values {
  const row: Record<string, string | null> = {}
  const single = new Set(
    [table.primaryKey, ...table.unique].flatMap((key) => (key.length === 1 ? key : [])),
  )
  for (const column of table.columns) {
    const value = makeValue(column, single.has(column.name), { random, index })
    if (value !== undefined) row[column.name] = value
  }
  for (const { own, other, target } of table.foreignKeys) {
    const parents = tables.get(target)?.rows ?? []
    const isOptional = own.every(
      (name) => table.columns.find((one) => one.name === name)?.isNullable,
    )
    const parent =
      parents.length > 0 && !(isOptional && random.chance(0.25)) ? random.pick(parents) : undefined
    own.forEach((name, at) => (row[name] = parent?.[other[at] ?? ''] ?? null))
  }
  return row
}

function makeValue(
  { type, kind, labels, allowed, isNullable, hasDefault, isGenerated }: Column,
  isUnique: boolean,
  { random, index }: { readonly random: Random; readonly index: number },
): string | null | undefined {
  if (isGenerated) return undefined
  if (type === 'uuid') return `00000000-0000-4000-8000-${String(index * 37).padStart(12, '0')}`
  if (isUnique) {
    if (kind === 'text') return `${random.pick(samples['text'] ?? [])}-${index}`
    if (kind === 'int' || kind === 'exact')
      return String(type === 'int8' ? 9007199254740980n + BigInt(index * 3) : index)
  }
  if (isNullable && random.chance(0.25)) return null
  if (kind === 'enum') return random.pick(labels)
  if (allowed.length > 0) return random.pick(allowed)
  const values = samples[type === 'varchar' ? 'text' : type]
  if (values) return random.pick(values)
  return isNullable ? null : hasDefault ? undefined : ''
}
