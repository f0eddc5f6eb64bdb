import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type AtlasMigrationsOptions, atlasMigrations } from '../../../src/postgres.ts'
import { statesOf } from '../../support/migrations.ts'
import { withRecorded } from '../../support/recorded-migrations.ts'

const sha256 = (...parts: string[]) => createHash('sha256').update(parts.join('')).digest('base64')

/** Returns the files with the `atlas.sum` that `atlas migrate hash` writes, and its hashes in order. */
function toSum(files: Readonly<Record<string, string>>) {
  const names = Object.keys(files).sort()
  const upTo = (index: number) =>
    names.slice(0, index + 1).flatMap((name) => [name, files[name] ?? ''])
  const hashes = names.map((_, index) => sha256(...upTo(index)))
  const total = sha256(...names.flatMap((name, index) => [name, hashes[index] ?? '']))
  const lines = names.map((name, index) => `${name} h1:${hashes[index]}\n`)
  return { hashes, files: { ...files, 'atlas.sum': `h1:${total}\n${lines.join('')}` } }
}

const columns = `version varchar primary key, description varchar not null, type bigint not null default 2,
  applied bigint not null default 0, total bigint not null default 0, executed_at timestamptz not null,
  execution_time bigint not null, error text, error_stmt text, hash varchar not null, partial_hashes jsonb,
  operator_version varchar not null`
interface Row {
  readonly version: string
  readonly hash?: string | undefined
  readonly type?: number
  readonly applied?: number
}
const rows = (list: readonly Row[], schema = 'atlas_schema_revisions') => `
  create schema if not exists ${schema}; create table ${schema}.atlas_schema_revisions (${columns});
  insert into ${schema}.atlas_schema_revisions values ('.atlas_cloud_identifier', 'x', 2, 0, 0, now(), 0, null, null, '', null, '');
  ${list
    .map(
      ({ version, hash = '', type = 2, applied = 1 }) =>
        `insert into ${schema}.atlas_schema_revisions values ('${version}', 'name', ${type}, ${applied}, 1,
          now(), 0, ${applied < 1 ? "'no'" : 'null'}, null, '${hash}', null, 'v1');`,
    )
    .join('\n')}`
const three = toSum({
  '1_a.sql': 'create table a (id int);',
  '2_b.sql': 'create table b (id int);',
  '3_c.sql': 'create table c (id int);',
})
const [first, second] = three.hashes
const two = rows([
  { version: '1', hash: first },
  { version: '2', hash: second },
])

describe('atlasMigrations, recorded by hand', () => {
  const list = withRecorded((files) => atlasMigrations(files))
  const byOrder = (execOrder: NonNullable<AtlasMigrationsOptions['execOrder']>) =>
    withRecorded((files) => atlasMigrations(files, { execOrder }))
  const skips = byOrder('linear-skip')
  const runs = byOrder('non-linear')

  it('Atlas migrations are matched by version, with the table in its own schema or in the connected one', async () => {
    for (const sql of [
      two,
      rows(
        [
          { version: '1', hash: first },
          { version: '2', hash: second },
        ],
        'public',
      ),
    ]) {
      const answer = await list(three.files, sql)
      expect(statesOf(answer)).toEqual({ '1_a': 'applied', '2_b': 'applied', '3_c': 'pending' })
      expect(answer).toMatchObject({ last_applied: '2_b', apps: [{ conflicts: [] }] })
    }
    expect((await list(three.files, 'select 1')).sources[0]?.status).toBe('uninitialised')
  })

  it('an Atlas migration that stopped half-way has failed', async () => {
    const sql = rows([
      { version: '1', hash: first },
      { version: '2', hash: second, applied: 0 },
    ])
    const answer = await list(three.files, sql)
    expect(statesOf(answer)).toEqual({ '1_a': 'applied', '2_b': 'failed', '3_c': 'pending' })
    expect(answer).toMatchObject({ last_applied: '1_a' })
    expect(answer.apps[0]?.conflicts[0]).toContain('2_b stopped half-way')
  })

  it('an edited Atlas migration is modified if atlas.sum was updated, and conflicts otherwise', async () => {
    const files = { ...three.files, '2_b.sql': 'create table other (id int);' }
    const refused = await list(files, two)
    expect(refused.apps[0]?.conflicts[0]).toMatch(/checksum mismatch.*2_b\.sql/)
    const { 'atlas.sum': _, ...bare } = files
    const edited = await list(toSum(bare).files, two)
    expect(statesOf(edited)).toMatchObject({ '1_a': 'applied', '2_b': 'modified' })
    expect(edited.apps[0]?.conflicts).toEqual([])
    expect((await list(bare, two)).apps[0]?.conflicts[0]).toContain('checksum file not found')
  })

  it('a late Atlas migration is refused, skipped or next, as execOrder decides', async () => {
    const { 'atlas.sum': _, ...bare } = three.files
    const { files } = toSum({ ...bare, '1.5_late.sql': 'select 1;' })
    const state = async (list: ReturnType<typeof byOrder>) => {
      const { migrations } = await list(files, two)
      return migrations.find(({ name }) => name === '1.5_late')
    }
    expect(await state(list)).toMatchObject({
      state: 'out_of_order',
      message: expect.stringContaining('refuses'),
    })
    expect(await state(skips)).toMatchObject({ state: 'skipped_forever' })
    expect(await state(runs)).toMatchObject({
      state: 'out_of_order',
      message: expect.stringContaining('runs it next'),
    })
  })

  it('Atlas migrations up to a baseline are applied, and one without a file is missing', async () => {
    const answer = await list(three.files, rows([{ version: '2', type: 1 }, { version: '4' }]))
    expect(statesOf(answer)).toEqual({
      '1_a': 'applied',
      '2_b': 'applied',
      '3_c': 'out_of_order',
      '4_name': 'missing',
    })
    expect(answer.migrations[0]?.message).toContain('baseline')
  })

  it('Atlas migrations start at the last checkpoint on a new database, and skip it on one with history', async () => {
    const { 'atlas.sum': _, ...bare } = three.files
    const { files } = toSum({ ...bare, '2z_point.sql': '-- atlas:checkpoint\n\nselect 1;' })
    const states = async (sql: string) => Object.values(statesOf(await list(files, sql)))
    expect(await states('select 1')).toEqual([
      'skipped_forever',
      'skipped_forever',
      'pending',
      'pending',
    ])
    expect(statesOf(await list(files, two))).toMatchObject({
      '2z_point': 'skipped_forever',
      '3_c': 'pending',
    })
  })
})
