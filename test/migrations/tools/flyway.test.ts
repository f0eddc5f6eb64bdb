import { describe, expect, it } from 'vitest'
import { flywayMigrations } from '../../../src/postgres.ts'
import {
  toFlywayChecksum,
  toFlywayVersion,
} from '../../../src/migrations/tools/flyway/script-name.ts'
import { statesOf } from '../../support/migrations.ts'
import { withRecorded } from '../../support/recorded-migrations.ts'

const columns = `installed_rank int primary key, version varchar(50), description varchar(200) not null,
  type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null,
  installed_on timestamp not null default now(), execution_time int not null, success boolean not null`
type Row = readonly [
  version: string | null,
  script: string,
  rest?: { type?: string; checksum?: number; success?: boolean },
]
const rows = (...list: readonly Row[]) => `create table flyway_schema_history (${columns});
  ${list
    .map(([version, script, { type = 'SQL', checksum, success = true } = {}], rank) => {
      const description = script
        .replace(/^.*?__/, '')
        .replace(/\.sql$/, '')
        .replaceAll('_', ' ')
      const sum = checksum ?? (type === 'SQL' ? toFlywayChecksum(files[script] ?? '') : 'null')
      return `insert into flyway_schema_history values (${rank}, ${version ? `'${version}'` : 'null'}, '${description}',
        '${type}', '${script}', ${sum}, 'me', now() + interval '${rank} s', 1, ${success});`
    })
    .join('\n')}`
const files: Record<string, string> = {
  'V1__first_one.sql': 'create table a (id int);',
  'V1.10__c.sql': 'create table c (id int);',
  'V1_2__b.sql': 'create table b (id int);',
  'R__view.sql': 'create or replace view v as select 1;',
  'U1.10__c.sql': 'drop table c;',
  'other.sql': '',
}
const [a, b, c] = ['V1__first_one', 'V1_2__b', 'V1.10__c']
const one: Row = ['1', 'V1__first_one.sql']
const two: Row = ['1.2', 'V1_2__b.sql']
const three: Row = ['1.10', 'V1.10__c.sql']

describe('flywayMigrations, recorded by hand', () => {
  const list = withRecorded((folder) => flywayMigrations(folder))
  const lenient = withRecorded((folder) => flywayMigrations(folder, { outOfOrder: true }))

  it('Flyway migrations are sorted by the numbers of their version, with repeatable ones at the end', async () => {
    const answer = await list(
      files,
      rows(['0', '<< Flyway Schema Creation >>', { type: 'SCHEMA' }], one, two),
    )
    expect(answer.migrations.map(({ name, state }) => `${name} ${state}`)).toEqual([
      `${a} applied`,
      `${b} applied`,
      `${c} pending`,
      'R__view pending',
    ])
    expect(answer).toMatchObject({ last_applied: b, apps: [{ conflicts: [] }] })
    expect((await list(files, 'select 1')).sources[0]?.status).toBe('uninitialised')
  })

  it('a Flyway migration is modified when its checksum or its description differs', async () => {
    const edited = { ...files, 'V1__first_one.sql': 'select 2;' }
    const answer = await list(edited, rows(one, two))
    expect(statesOf(answer)).toMatchObject({ [a]: 'modified', [b]: 'applied' })
    expect(answer.migrations[0]?.message).toMatch(/checksum.*refuses to migrate/)
    const renamed = await list({ 'V1__other.sql': 'create table a (id int);' }, rows(one))
    expect(renamed.migrations[0]).toMatchObject({
      state: 'modified',
      message: expect.stringContaining('description'),
    })
  })

  it('a repeatable Flyway migration is pending again after an edit', async () => {
    const old: Row = [null, 'R__view.sql', { checksum: 7 }]
    const changed = await list(files, rows(one, two, three, old))
    expect(changed.migrations[3]).toMatchObject({
      state: 'pending',
      message: expect.stringContaining('again'),
    })
    const same = await list(files, rows(one, two, three, old, [null, 'R__view.sql']))
    expect(statesOf(same)['R__view']).toBe('applied')
  })

  it('a late Flyway migration is out of order, and the message says that Flyway refuses it unless outOfOrder is set', async () => {
    const strict = await list(files, rows(one, three))
    expect(statesOf(strict)).toMatchObject({ [a]: 'applied', [b]: 'out_of_order', [c]: 'applied' })
    expect(strict.apps[0]?.conflicts[0]).toContain('refuses to migrate')
    const { apps } = await lenient(files, rows(one, three))
    expect(apps[0]?.conflicts[0]).toContain('runs it next')
  })

  it('a Flyway migration is failed, rolled back, deleted or applied again, as its latest row records', async () => {
    const failed = await list(files, rows(one, ['1.2', 'V1_2__b.sql', { success: false }]))
    expect(statesOf(failed)).toMatchObject({ [a]: 'applied', [b]: 'failed', [c]: 'pending' })
    expect(failed.apps[0]?.conflicts[0]).toContain('repair')
    const undo: Row = ['1.10', 'U1.10__c.sql', { type: 'UNDO_SQL' }]
    const undone = await list(files, rows(one, two, three, undo))
    expect(statesOf(undone)[c]).toBe('rolled_back')
    expect(statesOf(await list(files, rows(one, two, three, undo, three)))[c]).toBe('applied')
    const gone: Row = ['1.10', 'V1.10__c.sql', { type: 'DELETE' }]
    const { 'V1.10__c.sql': _, ...left } = files
    expect((await list(left, rows(one, two, three, gone))).orphans).toEqual([])
  })

  it('a Flyway migration without a script is missing, and above the newest script its message calls it a future one', async () => {
    const { 'V1_2__b.sql': _, ...left } = files
    const answer = await list(
      left,
      rows(one, two, three, ['2', 'V2__d.sql'], ['3', 'x.Y', { type: 'JDBC' }]),
    )
    expect(answer.orphans).toMatchObject([
      { name: b, state: 'missing', message: expect.stringContaining('refuses') },
      { name: 'V2__d', state: 'missing', message: expect.stringContaining('future') },
    ])
  })

  it('Flyway migrations at or below a baseline are applied', async () => {
    const answer = await list(files, rows(['1.2', '<< Flyway Baseline >>', { type: 'BASELINE' }]))
    expect(statesOf(answer)).toMatchObject({ [a]: 'applied', [b]: 'applied', [c]: 'pending' })
    expect(answer.migrations[0]?.message).toContain('baseline')
    const fresh = await list({ ...files, 'B1.2__all.sql': '' }, 'select 1')
    expect(statesOf(fresh)).toMatchObject({
      [a]: 'skipped_forever',
      [b]: 'skipped_forever',
      'B1.2__all': 'pending',
      [c]: 'pending',
    })
    const used = await list({ ...files, 'B1.2__all.sql': '' }, rows(one))
    expect(statesOf(used)).toMatchObject({
      [a]: 'applied',
      [b]: 'pending',
      'B1.2__all': 'skipped_forever',
    })
  })

  it('Flyway migrations conflict when two scripts have one version', async () => {
    const answer = await list({ ...files, 'sub/V01.2__other.sql': '' }, rows(one))
    expect(answer.apps[0]?.conflicts[0]).toMatch(/V1_2__b.*are all versioned 1\.2/)
  })
})

describe('toFlywayChecksum', () => {
  it('toFlywayChecksum() returns the CRC-32 of the lines, without line ends and byte order mark', () => {
    expect(toFlywayChecksum('123456789')).toBe(0xcbf43926 | 0)
    expect(toFlywayChecksum('\uFEFF1234\r\n56\r789\n')).toBe(0xcbf43926 | 0)
    expect(toFlywayChecksum('')).toBe(0)
  })
})

describe('toFlywayVersion', () => {
  it('toFlywayVersion() ignores leading zeros and trailing zero parts', () => {
    expect(['1', '01', '1.0', '1_0_0'].map(toFlywayVersion)).toEqual(['1', '1', '1', '1'])
  })
})
