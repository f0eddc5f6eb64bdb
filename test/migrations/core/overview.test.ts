import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveMigrations } from '../../../src/migrations/core/overview.ts'
import { compareGraph } from '../../../src/migrations/tools/sql.ts'
import type { AppliedMigration, Discovery, Migration } from '../../../src/project/source.ts'

/** Builds migrations from `app.name: [dependencies]`. */
function graph(edges: Readonly<Record<string, readonly string[]>>): Migration[] {
  const toKey = (text: string) => {
    const [app = '', name = ''] = text.split('.')
    return { app, name }
  }
  return Object.entries(edges).map(([key, dependencies]) => ({
    ...toKey(key),
    dependencies: dependencies.map(toKey),
    checksum: null,
  }))
}
const ran = (name: string, app: string | null = null, appliedAt: number | null = null) => ({
  app,
  name,
  appliedAt,
})
/** Resolves apps whose sources share one table. */
function resolveAll(
  labels: readonly string[],
  all: readonly Migration[],
  records: readonly AppliedMigration[],
) {
  const rows = records.map(({ name, app, appliedAt }) => [name, app, appliedAt, null])
  return resolveMigrations(
    labels.map((label) => {
      const migrations = all.filter(({ app }) => app === label)
      return {
        label,
        tool: 'sql',
        discovery: {
          migrations,
          problems: [],
          compare: ({ journal }) => compareGraph(label, migrations, journal),
        },
        journal: { rows: { journal: rows }, tables: ['public.aksara_migrations'] },
      }
    }),
  )
}
const resolve = (
  edges: Readonly<Record<string, readonly string[]>>,
  rows: readonly AppliedMigration[] = [],
) => resolveAll(['a', 'b'], graph(edges), rows)
const heads = (state: ReturnType<typeof resolve>) => state.apps.map((app) => app.heads)

describe('heads of an app', () => {
  it('the heads of an app are the migrations that no other one of the app depends on', () => {
    expect(heads(resolve({ 'a.1': [], 'a.2': ['a.1'], 'a.3': ['a.2'] }))[0]).toEqual(['3'])
    expect(heads(resolve({ 'a.1': [], 'a.3': ['a.1'], 'a.2': ['a.1'] }))[0]).toEqual(['2', '3'])
  })

  it('a migration stays a head when only another app depends on it', () => {
    expect(heads(resolve({ 'a.1': [], 'b.1': ['a.1'] }))).toEqual([['1'], ['1']])
  })

  it('resolveMigrations() ignores a dependency on a migration that does not exist', () => {
    expect(heads(resolve({ 'a.1': ['a.0', 'c.9'] }))[0]).toEqual(['1'])
  })
})

describe('cycles', () => {
  it('a cycle lists its members across apps, without the migrations that depend on it', () => {
    const edges = { 'a.1': ['b.1'], 'b.1': ['a.1'], 'a.2': ['a.1'], 'a.0': [], 'b.2': ['b.1'] }
    expect(resolve(edges).cyclic).toEqual(['a.1', 'b.1'])
  })

  it('a migration that depends on itself is a cycle', () => {
    expect(resolve({ 'a.1': ['a.1'] }).cyclic).toEqual(['a.1'])
  })
})

describe('applied migrations', () => {
  it('lastApplied is the newest migration by time, then by its position in the journal', () => {
    const edges = { 'a.1': [], 'a.2': ['a.1'] }
    expect(resolve(edges, [ran('2', 'a', 200), ran('1', 'a', 100)]).lastApplied).toBe('2')
    expect(resolve(edges, [ran('1'), ran('2')]).lastApplied).toBe('2')
    expect(resolve(edges).lastApplied).toBe(null)
  })

  it('an applied migration without a file is an orphan, and no total includes it', () => {
    const state = resolve({ 'a.1': [] }, [ran('gone'), ran('1', 'b'), ran('1', 'a')])
    expect(state.orphans.map(({ app, name }) => [app, name])).toEqual([
      [null, 'gone'],
      ['b', '1'],
    ])
    expect(state).toMatchObject({ total: 1, applied: 1, pending: 0 })
  })
})

it('resolveMigrations() keeps the first of two migrations with one name', () => {
  const twice = [...graph({ 'a.1': [] }), ...graph({ 'a.1': ['a.1'] })]
  expect(resolveAll(['a'], twice, [])).toMatchObject({ total: 1, cyclic: [] })
})

it('the counts of all apps add up to the totals, for any graph and any journal', () => {
  const key = fc.constantFrom('a.1', 'a.2', 'a.3', 'b.1', 'b.2', 'c.1')
  const edges = fc.dictionary(key, fc.array(key, { maxLength: 3 }))
  const row = fc.tuple(fc.constantFrom(null, 'a', 'b', 'c'), fc.constantFrom('1', '2', '3', '9'))
  fc.assert(
    fc.property(edges, fc.array(row), (dependencies, journal) => {
      const rows = journal.map(([app, name]) => ran(name, app))
      const state = resolveAll(['a', 'b', 'c'], graph(dependencies), rows)
      const sum = (part: 'total' | 'applied' | 'pending') =>
        state.apps.reduce((total, app) => total + app[part], 0)
      expect(state.total).toBe(Object.keys(dependencies).length)
      expect([sum('total'), sum('applied'), sum('pending')]).toEqual([
        state.total,
        state.applied,
        state.pending,
      ])
      expect(state.applied + state.pending).toBe(state.total)
    }),
  )
})

it('a source whose compare() throws is unknown, and the other sources are still reported', () => {
  const [broken, sound] = graph({ 'a.1': [], 'b.1': [] })
  const read = (
    label: string,
    migrations: readonly Migration[],
    compare: Discovery['compare'],
  ) => ({
    label,
    tool: 'own',
    discovery: { migrations, problems: [], compare },
    journal: { rows: { journal: [['1', null, null, null]] }, tables: [`public.${label}`] },
  })
  const state = resolveMigrations([
    read('a', broken ? [broken] : [], () => {
      throw new TypeError('no')
    }),
    read('b', sound ? [sound] : [], ({ journal }) =>
      compareGraph('b', sound ? [sound] : [], journal),
    ),
  ])
  expect(state.migrations.map((one) => one.state)).toEqual(['unknown', 'applied'])
  expect(state.sources.map(({ status }) => status)).toEqual(['unknown', 'ready'])
})
