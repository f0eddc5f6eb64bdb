import { describe, expect, it } from 'vitest'
import { golangMigrations } from '../../../src/postgres.ts'
import { statesOf } from '../../support/migrations.ts'
import { withRecorded } from '../../support/recorded-migrations.ts'

const table =
  'create table schema_migrations (version bigint not null primary key, dirty boolean not null);'
const at = (version: number, dirty = false) =>
  `${table} insert into schema_migrations values (${version}, ${dirty})`
const files = {
  '000001_a.up.sql': 'create table a (id int)',
  '000001_a.down.sql': 'drop table a',
  '000002_b.up.sql': 'create table b (id int)',
  '000010_c.up.sql': 'create table c (id int)',
  'readme.md': 'none',
}

describe('golangMigrations, recorded by hand', () => {
  const list = withRecorded((folder) => golangMigrations(folder))

  it('golang-migrate migrations are applied up to the recorded version, compared as numbers', async () => {
    const mixed = { ...files, '3_late.up.sql': '', '4_back.down.sql': '' }
    const answer = await list(mixed, at(3))
    expect(answer.migrations.map(({ name, state }) => `${name} ${state}`)).toEqual([
      '000001_a applied',
      '000002_b applied',
      '3_late applied',
      '4_back pending',
      '000010_c pending',
    ])
    expect(answer).toMatchObject({ last_applied: '3_late', apps: [{ conflicts: [] }] })
  })

  it('golang-migrate migrations are pending without the table, and after the last one was rolled back', async () => {
    for (const sql of ['select 1', table]) {
      const answer = await list(files, sql)
      expect(new Set(Object.values(statesOf(answer)))).toEqual(new Set(['pending']))
      expect(answer.sources[0]?.status).toBe(sql === table ? 'ready' : 'uninitialised')
      expect(answer.last_applied).toBeNull()
    }
  })

  it('a golang-migrate migration has failed and conflicts when its version is dirty', async () => {
    const answer = await list(files, at(2, true))
    expect(answer.migrations.map(({ state }) => state)).toEqual(['applied', 'failed', 'pending'])
    expect(answer.migrations[1]?.message).toContain('force')
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('Dirty database version 2')])
    const down = await list(files, at(-1, true))
    expect(new Set(Object.values(statesOf(down)))).toEqual(new Set(['pending']))
    expect(down.apps[0]?.conflicts).toEqual([expect.stringContaining('Dirty database version -1')])
  })

  it('golang-migrate migrations conflict when no file has the version of the database', async () => {
    const answer = await list(files, at(7))
    expect(statesOf(answer)).toMatchObject({
      '000002_b': 'applied',
      '000010_c': 'pending',
      7: 'missing',
    })
    expect(answer.apps[0]?.conflicts).toEqual([
      expect.stringMatching(/version 7, which no file has, so 000010_c cannot run/),
    ])
  })

  it('golang-migrate migrations conflict when two files have one version', async () => {
    const answer = await list({ ...files, '2_other.up.sql': '' }, at(1))
    expect(answer.apps[0]?.conflicts).toEqual([
      expect.stringMatching(/000002_b, 2_other share the version 2/),
    ])
  })

  it('golang-migrate migrations are unknown when the table of that name belongs to dbmate', async () => {
    const answer = await list(files, 'create table schema_migrations (version varchar primary key)')
    expect(new Set(Object.values(statesOf(answer)))).toEqual(new Set(['unknown']))
    expect(answer.sources[0]?.problems[0]).toContain('no column "dirty"')
  })
})
