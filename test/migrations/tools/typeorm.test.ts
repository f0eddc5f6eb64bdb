import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { typeormMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

/** The part of TypeORM that the test uses. The project does not install TypeORM. */
interface DataSource {
  initialize(): Promise<unknown>
  destroy(): Promise<void>
  runMigrations(): Promise<unknown>
  undoLastMigration(): Promise<unknown>
}
interface TypeormModule {
  DataSource: new (options: object) => DataSource
  MigrationExecutor: new (source: DataSource) => {
    getExecutedMigrations(): Promise<readonly { name: string }[]>
    getPendingMigrations(): Promise<readonly { name: string }[]>
  }
}

const migration = (name: string, sql: string) => `
  class ${name} {
    async up(runner) { await runner.query(\`${sql}\`) }
    async down(runner) { await runner.query('drop table ${name.toLowerCase()}') }
  }
  module.exports = { ${name} }`
const create = (name: string) => migration(name, `create table ${name.toLowerCase()} (id int)`)
const [first, second, third] = ['A1700000000001', 'B1700000000002', 'C1700000000003']

describe('typeormMigrations', () => {
  const tool = withTool('migrate-typeorm', 'typeorm@1.1.1 pg@8.23.1')

  async function setUp(names: readonly string[]) {
    const place = await tool.setUp((path) => typeormMigrations(path))
    const { workshop, url } = place
    const fileOf = (name: string) => `${name.slice(-13)}-${name.slice(0, 1)}.cjs`
    for (const name of names) await workshop.write(fileOf(name), create(name))
    const typeorm = (await tool.load('typeorm/index.js')) as unknown as TypeormModule & {
      default?: TypeormModule
    }
    const { DataSource, MigrationExecutor } = { ...typeorm.default, ...typeorm }
    const use = async <T>(action: (source: DataSource) => Promise<T>): Promise<T> => {
      const migrations = [join(workshop.path, '*.cjs')]
      const source = new DataSource({ type: 'postgres', url, migrations, logging: false })
      await source.initialize()
      return action(source).finally(() => source.destroy())
    }
    /** Returns our answer after checking that TypeORM lists the same migrations as executed and pending. */
    const agree = async () => {
      const answer = await place.list()
      const toNames = (list: readonly { name: string }[]) => list.map(({ name }) => name).sort()
      const [executed, pending] = await use(async (source) => {
        const executor = new MigrationExecutor(source)
        return [await executor.getExecutedMigrations(), await executor.getPendingMigrations()]
      })
      const ran = answer.migrations.filter(({ state }) => state === 'applied')
      expect(toNames([...ran, ...answer.orphans])).toEqual(toNames(executed))
      expect(toNames(answer.migrations.filter((one) => !ran.includes(one)))).toEqual(
        toNames(pending),
      )
      return answer
    }
    const run = () => use((source) => source.runMigrations())
    const undo = () => use((source) => source.undoLastMigration())
    return { ...place, fileOf, agree, run, undo }
  }

  it('TypeORM migrations match MigrationExecutor before a run, after it, after a new file and after a rollback', async () => {
    const { workshop, fileOf, agree, run, undo } = await setUp([first, second])
    expect((await agree()).sources[0]).toMatchObject({ status: 'uninitialised' })
    await run()
    await workshop.write(fileOf(third), create(third))
    const answer = await agree()
    expect(statesOf(answer)).toEqual({
      [first]: 'applied',
      [second]: 'applied',
      [third]: 'pending',
    })
    expect(answer).toMatchObject({ last_applied: second, apps: [{ head_migrations: [third] }] })
    await undo()
    expect(statesOf(await agree())).toMatchObject({ [first]: 'applied', [second]: 'pending' })
  })

  it('a late TypeORM migration is out of order until TypeORM runs it, then applied', async () => {
    const { workshop, fileOf, agree, run } = await setUp([first, third])
    await run()
    await workshop.write(fileOf(second), create(second))
    expect(statesOf(await agree())).toMatchObject({ [second]: 'out_of_order' })
    await run()
    expect(statesOf(await agree())).toMatchObject({ [second]: 'applied' })
  })

  it('an edited TypeORM migration stays applied, because TypeORM does not detect edits', async () => {
    const { workshop, fileOf, agree, run } = await setUp([first])
    await run()
    await workshop.write(fileOf(first), migration(first, 'select 1'))
    expect(statesOf(await agree())).toEqual({ [first]: 'applied' })
  })

  it('a TypeORM migration without its class is missing, and TypeORM cannot revert it', async () => {
    const { workshop, fileOf, agree, run, undo } = await setUp([first, second])
    await run()
    await workshop.remove(fileOf(second))
    expect((await agree()).orphans).toMatchObject([{ name: second, state: 'missing' }])
    await expect(undo()).rejects.toThrow(/No migration .* was found in the source code/)
  })

  it('TypeORM migrations stay pending after a failed run, which TypeORM rolls back', async () => {
    const { workshop, fileOf, agree, run } = await setUp([first])
    await workshop.write(fileOf(second), migration(second, 'select nothing'))
    await expect(run()).rejects.toThrow('nothing')
    expect(statesOf(await agree())).toEqual({ [first]: 'pending', [second]: 'pending' })
  })
})
