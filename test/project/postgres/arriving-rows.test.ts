import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

/** A pool that shows the queries that it was given. */
function watchQueries(sql: Sql): { readonly sql: Sql; readonly queries: PromiseLike<unknown>[] } {
  const queries: PromiseLike<unknown>[] = []
  const unsafe = (...args: Parameters<Sql['unsafe']>) => {
    const query = sql.unsafe(...args)
    queries.push(query)
    return query
  }
  const watched = new Proxy(sql, {
    get: (target, key) => (key === 'unsafe' ? unsafe : (Reflect.get(target, key) as unknown)),
  })
  return { sql: watched, queries }
}

describePostgres('Rows that arrive', ({ createDatabase }) => {
  it('are decoded at once, so that the driver keeps none of a catalog or an answer', async () => {
    const { sql: pool } = await createDatabase()
    await pool`create table books (id int primary key, title text)`
    await pool`insert into books select n, 'Book ' || n from generate_series(1, 50) n`
    const { sql, queries } = watchQueries(pool)
    const database = postgresDatabase(sql)
    const { tables } = await readCatalog(database)
    expect(tables.map(({ columns }) => columns.length)).toEqual([2])
    const statement = { text: 'select title from books order by id', values: [] }
    const limits = { timeoutMs: 5_000, bytes: 10_000 }
    const { rows } = await database.query(statement, limits, AbortSignal.timeout(10_000))
    expect(rows.length).toBe(50)
    const results = (await Promise.all(queries)).flat() as (unknown[] | undefined)[]
    expect(results.length).toBeGreaterThan(20)
    expect(results.flat()).toEqual([])
  })

  it('of a SELECT without rows are none, even after one with rows', async () => {
    const { sql } = await createDatabase()
    const database = postgresDatabase(sql)
    const statement = { text: 'select 1 where false', values: [] }
    const limits = { timeoutMs: 5_000, bytes: 10_000 }
    const answer = await database.query(statement, limits, AbortSignal.timeout(10_000))
    expect(answer).toEqual({ rows: [], truncated: false })
    const selects = { none: 'select 1 where false', one: 'select 1', last: 'select 2 where false' }
    expect(await database.read(selects)).toEqual({ none: [], one: [[1]], last: [] })
  })
})
