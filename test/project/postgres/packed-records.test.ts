import { expect, it } from 'vitest'
import { eachRecord } from '../../../src/project/postgres/catalog/records.ts'
import { postgresDatabase, readCatalog, readStatistics } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

/** Names with all that PostgreSQL quotes in a record. */
const names = [
  'plain',
  '"',
  '""',
  '\\',
  '\\"',
  ',',
  '(',
  '),(',
  ' ',
  '\n',
  'a "b", (c)',
  't',
  'ü\u00a0',
]

const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`

describePostgres('rows that arrive as records', ({ createDatabase }) => {
  it('are read as they were written, also an empty cell and one without a value', async () => {
    const { sql } = await createDatabase()
    const cells = [...names, '', null]
    const parts = cells.map((_, index) => `$${index + 1}::text`).join(', ')
    const [row] = await sql
      .unsafe(`select row(${parts})::text || row(1, null)::text`, cells)
      .values()
    expect([...eachRecord(String(row?.[0]))]).toEqual([cells, ['1', null]])
  })

  it('keep the names of columns, keys, indexes and their expressions', async () => {
    const { sql } = await createDatabase()
    const columns = names.map((name) => `${quoteName(name)} text default ${quoteText(name)}`)
    await sql.unsafe(`create table hostile (${columns.join(', ')})`)
    for (const name of names) {
      await sql.unsafe(`alter table hostile
        add constraint ${quoteName(`check ${name}`)} check (${quoteName(name)} <> ${quoteText(name)})`)
      await sql.unsafe(`create index ${quoteName(`index ${name}`)} on hostile (${quoteName(name)})
        where ${quoteName(name)} <> ${quoteText(name)}`)
    }
    const database = postgresDatabase(sql)
    const [table] = (await readCatalog(database)).tables
    expect(table?.columns.map(({ name }) => name)).toEqual(names)
    const printed = await sql`select column_default from information_schema.columns
      where table_name = 'hostile' order by ordinal_position`
    expect(table?.columns.map((column) => column.default)).toEqual(
      printed.map((row) => row['column_default'] as string),
    )
    const sorted = (prefix: string) => names.map((name) => `${prefix} ${name}`).toSorted()
    expect(table?.checks.map(({ name }) => name)).toEqual(sorted('check'))
    expect(table?.indexes.map(({ name }) => name)).toEqual(sorted('index'))
    expect(table?.indexes.map(({ keys }) => keys[0]?.column).toSorted()).toEqual(names.toSorted())
    const { indexScans } = await readStatistics(database)
    expect([...indexScans.keys()].toSorted()).toEqual(sorted('public.index'))
  })
})

function quoteText(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
