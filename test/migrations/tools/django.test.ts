import { describe, expect, it } from 'vitest'
import { djangoMigrations, memoryFiles } from '../../../src/postgres.ts'
import { statesOf } from '../../support/migrations.ts'
import { withRecorded } from '../../support/recorded-migrations.ts'
import recorded from './recorded/django.json' with { type: 'json' }

const toSql = (rows: readonly (readonly string[])[] | null) =>
  rows === null
    ? 'select 1'
    : `create table django_migrations (id serial primary key, app varchar(255) not null, name varchar(255) not null,
        applied timestamptz not null);
      ${rows
        .map(
          ([app, name, applied]) =>
            `insert into django_migrations (app, name, applied) values ('${app}', '${name}', '${applied}');`,
        )
        .join('\n')}`
type Files = Readonly<Record<string, string>>

describe(`djangoMigrations, recorded with ${recorded.tool}`, () => {
  const list = withRecorded((files) => djangoMigrations(files))
  const find = (step: string) => {
    const found = recorded.steps.find((one) => one.step === step)
    if (!found) throw new Error(`No step ${step}`)
    return found
  }
  const listStep = async (step: string) => {
    const { files, rows } = find(step)
    return list(files as unknown as Files, toSql(rows))
  }

  it.each(recorded.steps)(
    'Django migrations match showmigrations: $step',
    async ({ step, showmigrations }) => {
      const answer = await listStep(step)
      const states = statesOf(answer)
      const shown = showmigrations.map((line) => {
        const [, mark, name = ''] = /\[(.)\] (\S+)/.exec(line) ?? []
        return [name, mark === 'X'] as const
      })
      expect(shown.map(([name]) => [name, states[name] === 'applied'])).toEqual(shown)
      expect(answer.orphans).toEqual([])
      expect(answer.apps[0]?.conflicts.length).toBe(
        /merge|Inconsistent/.test(find(step).error ?? '') ? 1 : 0,
      )
    },
  )

  it('Django migrations conflict while they have two heads, and have one head after the merge', async () => {
    const { apps } = await listStep('branch')
    expect(apps[0]?.head_migrations).toEqual(['0002_b', '0002_branch'])
    expect(apps[0]?.conflicts[0]).toContain('makemigrations --merge')
    expect((await listStep('merge')).apps[0]?.head_migrations).toEqual(['0003_merge'])
  })

  it('a Django migration is out of order where Django reports an inconsistent history', async () => {
    const answer = await listStep('inconsistent')
    expect(statesOf(answer)).toMatchObject({ '0001_initial': 'out_of_order', '0002_b': 'applied' })
    expect(answer.apps[0]?.conflicts[0]).toContain('InconsistentMigrationHistory')
  })

  it('a squashed Django migration is applied only when all its originals ran, and replaces them on a new database', async () => {
    const squashed = '0001_squashed_0003_merge'
    const all = await listStep('squashed after all ran')
    expect(statesOf(all)).toMatchObject({ '0002_b': 'applied', [squashed]: 'applied' })
    const some = await listStep('squashed after some ran')
    expect(statesOf(some)).toMatchObject({ '0002_b': 'pending', [squashed]: 'pending' })
    const none = await listStep('squashed before anything ran')
    expect(statesOf(none)).toMatchObject({ '0002_b': 'skipped_forever', [squashed]: 'pending' })
    for (const { apps } of [all, some, none]) {
      expect(apps[0]?.head_migrations).toEqual(['0004_more'])
    }
  })

  it('a Django migration without a file is missing, and rows of other apps are ignored', async () => {
    const { files, rows } = find('applied')
    const { '0002_b.py': _, ...left } = files as unknown as Files
    expect((await list(left, toSql(rows))).orphans).toMatchObject([
      { app_label: 'shop', name: '0002_b', state: 'missing' },
    ])
  })

  it('djangoMigrations({ app }) reads an app that has another label in Django', async () => {
    const { files, rows } = find('applied')
    const other = (rows ?? []).map(([, name = '', applied = '']) => ['store', name, applied])
    const renamed = Object.fromEntries(
      Object.entries(files as unknown as Files).map(([name, text]) => [
        name,
        text.replaceAll("'shop'", "'store'"),
      ]),
    )
    const source = djangoMigrations(memoryFiles(renamed), { app: 'store' })
    const { compare, migrations } = await source.discover('shop')
    const rowsOf = other.map(([app, name]) => [name, null, app])
    expect([...compare({ journal: rowsOf }).statuses.values()].map(({ state }) => state)).toEqual([
      'applied',
      'applied',
    ])
    expect(migrations[1]?.dependencies).toEqual([{ app: 'shop', name: '0001_initial' }])
  })
})
