import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { memoryFiles, prismaMigrations } from '../../../src/postgres.ts'
import { listMigrations, statesOf } from '../../support/migrations.ts'
import { withPostgres } from '../../support/postgres.ts'

// Prisma downloads its engine, which a test cannot do. The table is Prisma's DDL, and the rows are those that it writes.
const table = `create table "_prisma_migrations" (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

interface Run {
  name: string
  text?: string
  checksum?: string
  started?: string
  finished?: string | null
  rolledBack?: string
}

describe('prismaMigrations, recorded by hand', () => {
  const { createDatabase } = withPostgres(18)

  async function listAfter(names: readonly string[], runs: readonly Run[], text = 'select 1;\n') {
    const { sql, url } = await createDatabase()
    await sql.unsafe(table)
    for (const [index, run] of runs.entries()) {
      const started = run.started ?? `2026-01-0${index + 1}T00:00:00Z`
      const finished = run.finished === undefined ? started : run.finished
      await sql`insert into "_prisma_migrations"
        (id, checksum, finished_at, migration_name, rolled_back_at, started_at, applied_steps_count)
        values (${String(index)}, ${run.checksum ?? sha256(run.text ?? text)}, ${finished}, ${run.name},
          ${run.rolledBack ?? null}, ${started}, 1)`
    }
    const files = Object.fromEntries(names.map((name) => [`${name}/migration.sql`, text]))
    const source = prismaMigrations(
      memoryFiles({ ...files, 'migration_lock.toml': 'provider = "postgresql"' }),
    )
    return listMigrations({ shop: source }, url)
  }

  it('a Prisma migration is applied when its newest row is finished', async () => {
    const answer = await listAfter(
      ['1_a', '2_b', '3_c'],
      [
        { name: '1_a' },
        { name: '2_b', finished: null, rolledBack: '2026-01-02T00:00:00Z' },
        { name: '2_b' },
      ],
    )
    expect(statesOf(answer)).toEqual({ '1_a': 'applied', '2_b': 'applied', '3_c': 'pending' })
    expect(answer).toMatchObject({ last_applied: '2_b', orphans: [] })
    expect(answer.migrations[1]?.applied_at).toBe('2026-01-03T00:00:00.000Z')
    expect(answer.migrations).toHaveLength(3)
  })

  it('a Prisma migration that is neither finished nor rolled back has failed and blocks the others', async () => {
    const answer = await listAfter(['1_a', '2_b'], [{ name: '1_a', finished: null }])
    expect(statesOf(answer)).toEqual({ '1_a': 'failed', '2_b': 'pending' })
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('P3009')])
  })

  it('a Prisma migration that is marked as rolled back is going to run again', async () => {
    const rolledBack = '2026-01-01T00:00:00Z'
    const answer = await listAfter(['1_a'], [{ name: '1_a', finished: null, rolledBack }])
    expect(answer.migrations).toMatchObject([
      { state: 'rolled_back', message: expect.stringContaining('again') },
    ])
    expect(answer.apps[0]?.conflicts).toEqual([])
  })

  it('a Prisma migration is modified when its checksum differs, except by line ends or the old unpadded form', async () => {
    const modified = await listAfter(['1_a'], [{ name: '1_a', text: 'select 2;\n' }])
    expect(statesOf(modified)).toEqual({ '1_a': 'modified' })
    const windows = await listAfter(['1_a'], [{ name: '1_a', text: 'select 1;\r\n' }])
    expect(statesOf(windows)).toEqual({ '1_a': 'applied' })
    const bytes = createHash('sha256').update('select 1;\n').digest()
    const unpadded = [...bytes].map((byte) => byte.toString(16)).join('')
    expect(unpadded.length).toBeLessThan(64)
    const old = await listAfter(['1_a'], [{ name: '1_a', checksum: unpadded }])
    expect(statesOf(old)).toEqual({ '1_a': 'applied' })
  })

  it('Prisma histories that diverge conflict: one migration is missing while another is pending', async () => {
    const answer = await listAfter(['1_a', '3_mine'], [{ name: '1_a' }, { name: '2_theirs' }])
    expect(statesOf(answer)).toEqual({
      '1_a': 'applied',
      '3_mine': 'pending',
      '2_theirs': 'missing',
    })
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('the histories parted')])
  })

  it('a Prisma migration that is older than the newest applied one is out of order', async () => {
    const answer = await listAfter(['1_a', '2_b', '3_c'], [{ name: '1_a' }, { name: '3_c' }])
    expect(statesOf(answer)).toEqual({ '1_a': 'applied', '2_b': 'out_of_order', '3_c': 'applied' })
  })

  it('prismaMigrations() reports a folder without migration.sql as a problem', async () => {
    const { url } = await createDatabase()
    const files = { '1_a/migration.sql': '', '2_b/notes.md': '' }
    const answer = await listMigrations({ shop: prismaMigrations(memoryFiles(files)) }, url)
    expect(answer.sources[0]).toMatchObject({
      status: 'uninitialised',
      problems: ['migrations of shop: no migration.sql in 2_b'],
    })
  })
})
