import { describe, expect, it, vi } from 'vitest'
import { sequelizeMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

const migration = (table: string) => `module.exports = {
  up: (q) => q.sequelize.query('create table ${table} (id int)'),
  down: (q) => q.dropTable('${table}'),
}`
const [a, b, late] = ['20240101-a.cjs', '20240103-b.cjs', '20240102-late.cjs']

vi.setConfig({ testTimeout: 60_000 }) // each test starts the tool several times

describe('sequelizeMigrations', () => {
  const tool = withTool(
    'migrate-sequelize',
    'sequelize-cli@6.6.5 sequelize@6.37.8 umzug@3.8.3 pg@8.23.1',
  )

  async function setUp() {
    const place = await tool.setUp((path) => sequelizeMigrations(`${path}/migrations`))
    const { workshop, url } = place
    const write = (name: string, text: string) => workshop.write(`migrations/${name}`, text)
    await write(a, migration('a'))
    await write(b, migration('b'))
    const sequelize = (...args: string[]) =>
      tool.run('sequelize-cli/lib/sequelize', [...args, '--url', url], { cwd: workshop.path })
    /** Returns our answer after checking it against `sequelize db:migrate:status`. */
    const agree = async () => {
      const answer = await place.list()
      const { output } = await sequelize('db:migrate:status')
      const lines = [...output.matchAll(/^(up|down) (.+)$/gm)]
      const ours = answer.migrations.map(({ name, state }) => [name, state === 'applied'])
      const gone = answer.orphans.map(({ name }) => [name, true])
      const theirs = lines.map(([, word, name]) => [
        name?.replace(' (not found)', ''),
        word === 'up',
      ])
      expect([...ours, ...gone].sort()).toEqual(theirs.sort())
      return answer
    }
    return { ...place, write, sequelize, agree }
  }

  it('Sequelize migrations match db:migrate:status before a run, after it and after an undo', async () => {
    const { sequelize, agree, list } = await setUp()
    expect((await list()).sources[0]).toMatchObject({ status: 'uninitialised' })
    expect(statesOf(await agree())).toEqual({ [a]: 'pending', [b]: 'pending' })
    expect(await sequelize('db:migrate')).toMatchObject({ code: 0 })
    expect(await agree()).toMatchObject({ last_applied: b, apps: [{ has_conflicts: false }] })
    await sequelize('db:migrate:undo')
    expect(statesOf(await agree())).toEqual({ [a]: 'applied', [b]: 'pending' })
  })

  it('a late Sequelize migration is out of order until Sequelize runs it next', async () => {
    const { write, sequelize, agree } = await setUp()
    await sequelize('db:migrate')
    await write(late, migration('late'))
    const answer = await agree()
    expect(statesOf(answer)).toEqual({ [a]: 'applied', [b]: 'applied', [late]: 'out_of_order' })
    expect(answer.apps[0]?.conflicts[0]).toContain('runs it next')
    expect((await sequelize('db:migrate')).code).toBe(0)
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied', 'applied'])
  })

  it('a Sequelize migration without its file is missing, which stops its undo but not the next run', async () => {
    const { workshop, write, sequelize, agree } = await setUp()
    await sequelize('db:migrate')
    await workshop.remove(`migrations/${b}`)
    await write('20240104-c.cjs', migration('c'))
    const answer = await agree()
    expect(answer.orphans).toMatchObject([{ app_label: 'shop', name: b, state: 'missing' }])
    expect(answer.apps[0]?.conflicts[0]).toContain('histories parted')
    expect((await sequelize('db:migrate')).code).toBe(0)
    expect((await sequelize('db:migrate:undo', '--name', b)).code).toBe(1)
  })

  it('a Sequelize migration stays applied after an edit, and pending after a failure', async () => {
    const { write, sequelize, agree } = await setUp()
    await sequelize('db:migrate')
    await write(a, migration('other'))
    await write('20240104-bad.cjs', `module.exports = { up: () => { throw new Error('no') } }`)
    expect((await sequelize('db:migrate')).code).toBe(1)
    expect(statesOf(await agree())).toEqual({
      [a]: 'applied',
      [b]: 'applied',
      '20240104-bad.cjs': 'pending',
    })
  })

  it('sequelizeMigrations() reads what SequelizeStorage of Umzug 3 recorded in another table', async () => {
    const table = { table: 'done', schema: 'public', pattern: /\/[^/]+\.cjs$/ }
    const place = await tool.setUp((path) => sequelizeMigrations(path, table))
    const { workshop, url, list } = place
    await workshop.write('one/1.cjs', migration('first').replaceAll('(q)', '({ context: q })'))
    await workshop.write('two/2.cjs', migration('second').replaceAll('(q)', '({ context: q })'))
    await workshop.write(
      'umzug.cjs',
      `const { Sequelize } = require('sequelize'), { Umzug, SequelizeStorage } = require('umzug')
      const sequelize = new Sequelize(${JSON.stringify(url)}, { logging: false })
      const umzug = new Umzug({
        migrations: { glob: ['*/*.cjs', { cwd: __dirname }] }, logger: undefined,
        context: sequelize.getQueryInterface(),
        storage: new SequelizeStorage({ sequelize, tableName: 'done', timestamps: true }),
      })
      umzug.up({ step: 1 })
        .then(() => Promise.all([umzug.executed(), umzug.pending()]))
        .then((all) => console.log(JSON.stringify(all.map((list) => list.map(({ name }) => name)))))
        .finally(() => sequelize.close())`,
    )
    const { output } = await tool.run(`../${workshop.path.split('/').at(-1)}/umzug.cjs`, [], {
      cwd: workshop.path,
    })
    expect(JSON.parse(output)).toEqual([['1.cjs'], ['2.cjs']])
    const answer = await list()
    expect(statesOf(answer)).toEqual({ '1.cjs': 'applied', '2.cjs': 'pending' })
    expect(Date.parse(answer.migrations[0]?.applied_at ?? '')).toBeGreaterThan(0)
  })
})
