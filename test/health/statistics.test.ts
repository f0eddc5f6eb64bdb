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

describe('a rule about counters', () => {
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
      const read = await readStatistics(database)
      const isCounted =
        read.tables.get('public.items')?.deadRows === 20_000 &&
        read.indexScans.get('public.used') === 1
      if (!isCounted) throw new Error('The counters have not arrived')
      return read
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
    lint(...args).skipped.find((one) => one.rule === rule)?.reason

  it('finds indexes nobody used; of a partitioned one, all parts count', () => {
    expect(find('unused-index').sort()).toEqual(['parted_id', 'unused'])
  })

  it('does not judge by counters that are a week old, or of unknown age in a database hardly used', () => {
    expect(find('unused-index', {}, Date.now() + 7 * day)).toEqual([])
    expect(reason('unused-index', {}, Date.now() + 7 * day)).toContain('7 days ago, 14 are needed')
    expect(reason('unused-index', { resetAt: null })).toContain('hardly been used')
    const busy = new Map([...statistics.indexScans, ['public.used', 20_000]])
    expect(find('unused-index', { resetAt: null, indexScans: busy })).toContain('unused')
  })

  it('does not judge by the counters of a replica, or without any', () => {
    expect(reason('unused-index', { isReplica: true })).toContain('replica')
    expect(reason('unused-index', null)).toContain('could not be read')
    expect(find('unused-index', null)).toEqual([])
  })

  it('finds tables that were never analyzed, until they are', async () => {
    expect(find('never-analyzed').sort()).toEqual(['items', 'part_1', 'part_2'])
    const analyzed = new Map(
      [...statistics.tables].map(([name, table]) => [name, { ...table, analyzedAt: 1 }]),
    )
    expect(find('never-analyzed', { tables: analyzed })).toEqual([])
  })

  it('finds large tables that were never vacuumed, and dead rows that pile up', () => {
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

  it('warns of a wraparound, then more urgently, and names the oldest table', () => {
    const severity = (databaseAge: number) =>
      lint({ databaseAge }).issues.find(({ rule }) => rule === 'wraparound')?.severity
    expect(severity(statistics.databaseAge)).toBeUndefined()
    expect(severity(450_000_000)).toBe('warning')
    expect(severity(1_200_000_000)).toBe('danger')
    const { issues } = lint({ databaseAge: 450_000_000 })
    expect(issues.find(({ rule }) => rule === 'wraparound')?.message).toContain('public.')
  })

  it('finds catalogs full of dead rows', () => {
    expect(find('catalog-bloat')).toEqual([])
    expect(find('catalog-bloat', { catalogDeadRows: 3_000_000 })).toHaveLength(1)
  })
})

describe('a rule about extensions', () => {
  const postgres = withPostgres()

  it('finds those in public and those the server has another version of', async () => {
    const { sql } = await postgres.createDatabase({ max: 1 })
    await sql.unsafe(`create extension citext schema public; create schema extensions;
      create extension pg_trgm schema extensions`)
    const lint = async () =>
      lintCatalog(inspect(await readCatalog(postgresDatabase(sql)), { now: 0 }))
        .issues.filter(({ rule }) => rule.includes('extension'))
        .map(({ rule, objects: [first], fix }) => [rule, first?.name, fix])
    await sql.unsafe(`update pg_extension set extversion = '1.5' where extname = 'pg_trgm'`)
    const found = await lint()
    expect(found.map(([rule, name]) => [rule, name])).toEqual([
      ['extension-in-public', 'citext'],
      ['outdated-extension', 'pg_trgm'],
    ])
    await sql.unsafe(`update pg_extension set extversion = '1.6' where extname = 'pg_trgm'`)
    await sql.unsafe(String(found[0]?.[2]))
    expect(await lint()).toEqual([])
  })
})
