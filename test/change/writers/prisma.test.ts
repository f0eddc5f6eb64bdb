import { vi } from 'vitest'
import { prismaMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

vi.setConfig({ testTimeout: 120_000 }) // each test starts the tool several times

// The adapter divides a script at semicolons and does not know the type `name`. Here it sends a script as one query, as the
// native engine does, which a test cannot download.
const config = `
  import { PrismaPg } from '@prisma/adapter-pg'
  const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL, idleTimeoutMillis: 100 })
  const adapter = async () => ({
    ...factory,
    async connect() {
      const connection = await factory.connect()
      const query = connection.client.query.bind(connection.client)
      connection.client.query = async (...given) => {
        const result = await query(...given)
        for (const field of result.fields ?? []) if (field.dataTypeID === 19) field.dataTypeID = 25
        return result
      }
      connection.executeScript = async (script) => void (await query(script))
      return connection
    },
  })
  export default {
    schema: './schema.prisma',
    migrations: { path: './prisma/migrations' },
    experimental: { adapter: true },
    engine: 'js',
    adapter,
  }`

const schema = `
  datasource db {
    provider = "postgresql"
    url = env("DATABASE_URL")
  }`

// Prisma downloads its engines by a script of the installation; with `engine: 'js'` it uses the one in the package
describeWriter({
  title: 'Prisma',
  packages: ['migrate-prisma', 'prisma@6.19.0 @prisma/adapter-pg@6.19.0 --ignore-scripts'],
  folder: 'prisma/migrations',
  rollsBack: false,
  toSource: (folder) => prismaMigrations(folder),
  async prepare({ workshop, url }, tool) {
    await workshop.write('prisma.config.mjs', config)
    await workshop.write('schema.prisma', schema)
    const write = (name: string, text: string) => workshop.write(`prisma/migrations/${name}`, text)
    await write('migration_lock.toml', 'provider = "postgresql"\n')
    await write('20240101000000_a/migration.sql', 'create table a (id int);')
    await write('20240102000000_b/migration.sql', 'create table b (id int);')
    await workshop.write('none', '')
    const none = `${workshop.path}/none`
    const env = {
      CHECKPOINT_DISABLE: '1',
      DATABASE_URL: url,
      PRISMA_QUERY_ENGINE_LIBRARY: none,
      PRISMA_SCHEMA_ENGINE_BINARY: none,
    }
    return {
      up: () =>
        runOrFail(
          tool.run('prisma/build/index.js', ['migrate', 'deploy'], { cwd: workshop.path, env }),
        ),
    }
  },
})
