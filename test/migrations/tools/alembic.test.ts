import { describe, expect, it } from 'vitest'
import { alembicMigrations } from '../../../src/postgres.ts'
import { statesOf } from '../../support/migrations.ts'
import { withRecorded } from '../../support/recorded-migrations.ts'
import recorded from './recorded/alembic.json' with { type: 'json' }

type Files = Readonly<Record<string, string>>
const toSql = (rows: readonly string[] | null) =>
  rows === null
    ? 'select 1'
    : `create table alembic_version (version_num varchar(32) not null primary key);
      ${rows.map((row) => `insert into alembic_version values ('${row}');`).join('\n')}`
const [applied, pending] = ['applied', 'pending']
/** The expected states at each step: `alembic current` and its ancestors are applied. */
const expected: Record<string, object> = {
  before: { aaa1: pending, bbb2: pending },
  applied: { aaa1: applied, bbb2: applied },
  'rolled back': { aaa1: applied, bbb2: pending },
  branch: { aaa1: applied, bbb2: pending, ccc3: pending },
  'both heads': { aaa1: applied, bbb2: applied, ccc3: applied },
  merge: { aaa1: applied, bbb2: applied, ccc3: applied, ddd4: pending },
  merged: { aaa1: applied, bbb2: applied, ccc3: applied, ddd4: applied },
  failure: { aaa1: applied, bbb2: applied, ccc3: applied, ddd4: applied, eee5: pending },
  missing: { aaa1: 'unknown', bbb2: 'unknown', ccc3: 'unknown', ddd4: 'unknown', fff6: 'missing' },
}

describe(`alembicMigrations, recorded with ${recorded.tool}`, () => {
  const list = withRecorded((files) => alembicMigrations(files))

  it.each(recorded.steps)(
    'Alembic migrations match `alembic heads` and `alembic current`: $step',
    async (recording) => {
      const { step, rows, heads, error } = recording
      const answer = await list(recording.files as unknown as Files, toSql(rows))
      expect(statesOf(answer)).toEqual(expected[step])
      expect(answer.apps[0]?.head_migrations).toEqual(heads.map((line) => line.slice(0, 4)).sort())
      const refuses = /Multiple head|locate revision/.test(error ?? '')
      expect(answer.apps[0]?.has_conflicts).toBe(refuses)
      expect(answer.last_applied).toBe(rows?.at(-1) ?? null)
    },
  )

  it('Alembic migrations conflict if a parent revision is missing or two files share a revision', async () => {
    const files = {
      'a.py': 'revision: str = "a1"\ndown_revision: Union[str, None] = None\n',
      'sub/b.py': `revision = 'b2'  # 'no'\ndown_revision = (\n    'a1',  # it\n    "z9",\n)\ndepends_on = None\n`,
      'c.py': `revision = 'a1'\ndown_revision = None\n`,
      'env.py': 'x = 1',
    }
    const answer = await list(files, toSql(['a1']))
    expect(statesOf(answer)).toEqual({ a1: 'applied', b2: 'pending' })
    expect(answer.migrations.find(({ name }) => name === 'b2')?.dependencies).toEqual([
      'shop.a1',
      'shop.z9',
    ])
    expect(answer.apps[0]?.conflicts).toEqual([
      expect.stringContaining('a1, a1 share the version a1'),
      expect.stringContaining('b2 builds on a revision that no file has'),
    ])
  })
})
