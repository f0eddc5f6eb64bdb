import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create table countries (id int primary key, name text not null);
  create table authors (id int primary key, country_id int not null references countries);
  create table books (id int primary key, title text not null, author_id int not null references authors);
  create table secrets (book_id int primary key, note text);
  insert into countries select n, 'country ' || n from generate_series(1, 50) n;
  insert into authors select n, n % 50 + 1 from generate_series(1, 2000) n;
  insert into books select n, 'book ' || n, n % 2000 + 1 from generate_series(1, 4000) n;
  insert into secrets select n, 'note' from generate_series(1, 4000) n;
  create view noted_books as select b.id, b.title, a.country_id
    from books b join authors a on a.id = b.author_id join secrets s on s.book_id = b.id;
  analyze;`

const id = z.int()
const models = {
  Country: z.object({ id, name: z.string() }).meta({ table: 'countries' }),
  Author: z.object({ id, country_id: id }),
  Book: z.object({ id, title: z.string(), author_id: id }),
  NotedBook: z.object({ id, title: z.string(), country_id: id }).meta({ table: 'noted_books' }),
}

interface ServerNode {
  readonly [name: string]: unknown
  readonly Plans?: readonly ServerNode[]
}

const always =
  /^(Node Type|Join Type|Strategy|Scan Direction|Parallel Aware|(Startup|Total) Cost|Plan (Rows|Width))$/
const named = /^(Relation|Index) Name$/

/** What clients may see of a node of the server: never a condition, and no name of a table that is no model. */
function visible({ Plans, ...node }: ServerNode): object {
  const isModel = node['Relation Name'] !== 'secrets'
  const shown = Object.entries(node).filter(
    ([name]) => always.test(name) || (isModel && named.test(name)),
  )
  return { ...Object.fromEntries(shown), ...(Plans && { Plans: Plans.map(visible) }) }
}

describePostgres('the plan of an explained query', ({ createDatabase }) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
  })

  it.each([
    ['relations', { model: 'Book', select_fields: ['title', 'author.country.name'] }],
    ['a sorted page', { model: 'Book', sorting: [{ field: 'id', direction: 'desc' }] }],
    [
      'groups',
      {
        model: 'Book',
        group_by: ['author.country.name'],
        aggregates: [{ function: 'count' }],
        pagination: { limit: 5, offset: 0 },
      },
    ],
    ['a view over a table that is no model', { model: 'NotedBook' }],
  ])('is that of the server in every node, for %s', async (_, plan) => {
    const { query } = createQueryStudio(sql, zodModels(models))
    const { explanation } = await query({ ...plan, explain: true })
    expect(explanation?.parameters).toEqual([])
    const [row] = await sql.unsafe(`explain (format json) ${explanation?.sql}`)
    const [answer] = (row as unknown as { 'QUERY PLAN': { Plan: ServerNode }[] })['QUERY PLAN']
    expect(explanation?.plan).toEqual(answer && visible(answer.Plan))
    expect(JSON.stringify(explanation)).not.toContain('secrets')
  })
})
