import { expect, it } from 'vitest'
import { Studio } from '../../src/index.ts'
import { databaseModels, postgresDatabase, postgresStores } from '../../src/postgres.ts'
import { describePostgres } from '../support/postgres.ts'
import { sampleProject } from '../support/project.ts'

describePostgres('Messages', ({ createDatabase, openPool }) => {
  it('all have at least 1,024 bytes, from which postgres.js writes them at once', async () => {
    const { url } = await createDatabase()
    const short: string[] = []
    const seen: string[] = []
    const pool = openPool(url, {
      fetch_types: false, // postgres.js itself reads them, when a connection opens
      debug: (_connection: number, text: string) => {
        seen.push(text)
        if (Buffer.byteLength(text) < 1024) short.push(text)
      },
    })
    const studio = new Studio([], {
      project: sampleProject({ apps: [{ label: 'app', models: databaseModels() }], resources: [] }),
      database: postgresDatabase(pool),
      stores: postgresStores(pool),
      allow: ['read_data', 'ai_sql'],
    })
    const paths = ['/studio/health', '/ai/schema/health', '/ai/schema/diagnostics', '/runs']
    for (const path of paths) await studio.fetch(new Request(`http://studio.test${path}`))
    await studio.close()
    expect(seen.length).toBeGreaterThan(paths.length)
    expect(short).toEqual([])
  })
})
