import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { postgresDatabase, readCatalog, readStatistics } from '../../src/postgres.ts'
import type { Catalog } from '../../src/project/catalog/catalog.ts'
import type { CatalogStatistics } from '../../src/project/catalog/statistics.ts'
import { inspect } from '../../src/health/kit/inspected.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { withPostgres } from '../support/postgres.ts'
import { eventually } from '../support/studio.ts'

const day = 86_400_000

const tables = `
  create table items (id int primary key, a int, b int) with (autovacuum_enabled = off);
  create index used on items (a);
  create index unused on items (b);
  create table parted (id int, a int) partition by range (id);
  create table part_1 partition of parted for values from (0) to (10000) with (autovacuum_enabled = off);
  create table part_2 partition of parted for values from (10000) to (20000) with (autovacuum_enabled = off);
  create index parted_a on parted (a);
  create index parted_id on parted (id);
  insert into items select n, n, n from generate_series(1, 30000) n;
  insert into parted select n, n from generate_series(1, 15000) n;
  delete from items where id > 10000;`

describe('rules about counters', () => {
  const postgres = withPostgres()
  let sql: Sql
  let catalog: Catalog
  let statistics: CatalogStatistics

  beforeAll(async () => {
    ;({ sql } = await postgres.createDatabase({ max: 1 }))
    const database = postgresDatabase(sql)
    await sql.unsafe('select pg_stat_reset()')
    await sql.unsafe(tables)
    await sql.unsafe('set enable_seqscan = off')
    await sql.unsafe('select * from items where a = 5')
    await sql.unsafe('select * from parted where a = 5 and id < 10000')
    await sql.unsafe('select pg_stat_force_next_flush()')
    statistics = await eventually(async () => {
      const counters = await readStatistics(database)
      const isCounted =
        counters.tables.get('public.items')?.deadRows === 20_000 &&
        counters.indexScans.get('public.used') === 1
      if (!isCounted) throw new Error('The counters have not arrived yet')
      return counters
    })
    catalog = await readCatalog(database)
  })

  const lint = (changes: Partial<CatalogStatistics> | null = {}, now = Date.now() + 30 * day) =>
    lintCatalog(
      inspect(catalog, {
        statistics: changes === null ? null : { ...statistics, ...changes },
        now,
      }),
    )
  const find = (rule: string, ...args: Parameters<typeof lint>) =>
    lint(...args)
      .issues.filter((issue) => issue.rule === rule)
      .map(({ objects: [first] }) => first?.name)
  const reason = (rule: string, ...args: Parameters<typeof lint>) =>
    lint(...args).skipped.find((skipped) => skipped.rule === rule)?.reason

  it('unused-index finds an index without scans and counts the scans of all partitions', () => {
    expect(find('unused-index').sort()).toEqual(['parted_id', 'unused'])
  })

  it('unused-index is skipped when the counters, or the server, are a week old or of unknown age', () => {
    expect(find('unused-index', {}, Date.now() + 7 * day)).toEqual([])
    expect(reason('unused-index', {}, Date.now() + 7 * day)).toContain(
      'only 7 days old; 14 days are needed',
    )
    const started = { startedAt: Date.now() - 3 * day }
    expect(reason('unused-index', { resetAt: 0, ...started }, Date.now())).toContain(
      'only 3 days old',
    )
    expect(reason('unused-index', { startedAt: null })).toContain('unknown')
    expect(find('unused-index', { resetAt: null })).toContain('unused')
  })

  it('unused-index is skipped on a replica and without counters', () => {
    expect(reason('unused-index', { isReplica: true })).toContain('replica')
    expect(reason('unused-index', null)).toContain('could not be read')
    expect(find('unused-index', null)).toEqual([])
  })

  it('never-analyzed finds a table until it is analyzed', async () => {
    expect(find('never-analyzed').sort()).toEqual(['items', 'part_1', 'part_2'])
    const analyzed = new Map(
      [...statistics.tables].map(([name, table]) => [name, { ...table, analyzedAt: 1 }]),
    )
    expect(find('never-analyzed', { tables: analyzed })).toEqual([])
  })

  it('never-vacuumed and dead-rows find a large table until it is vacuumed', () => {
    expect(find('never-vacuumed')).toEqual(['items'])
    expect(find('dead-rows')).toEqual(['items'])
    const vacuumed = new Map(
      [...statistics.tables].map(([name, table]) => [
        name,
        { ...table, deadRows: 100, vacuumedAt: 1 },
      ]),
    )
    expect(find('dead-rows', { tables: vacuumed })).toEqual([])
    expect(find('never-vacuumed', { tables: vacuumed })).toEqual([])
  })

  it('wraparound warns, later reports a danger, and names the oldest table', () => {
    const severity = (databaseAge: number) =>
      lint({ databaseAge }).issues.find(({ rule }) => rule === 'wraparound')?.severity
    expect(severity(statistics.databaseAge)).toBeUndefined()
    expect(severity(450_000_000)).toBe('warning')
    expect(severity(1_200_000_000)).toBe('danger')
    const byMultixact = (multixactAge: number) =>
      lint({ multixactAge }).issues.find(({ rule }) => rule === 'wraparound')
    expect(statistics.multixactAge).toEqual(expect.any(Number))
    expect(byMultixact(500_000_000)).toBeUndefined()
    expect(byMultixact(900_000_000)).toMatchObject({ severity: 'warning' })
    expect(byMultixact(1_900_000_000)).toMatchObject({ severity: 'danger' })
    const { issues } = lint({ databaseAge: 450_000_000 })
    expect(issues.find(({ rule }) => rule === 'wraparound')?.message).toContain('public.')
  })

  it('catalog-bloat finds system catalogs full of dead rows', () => {
    expect(find('catalog-bloat')).toEqual([])
    expect(find('catalog-bloat', { catalogDeadRows: 3_000_000 })).toHaveLength(1)
  })
})
