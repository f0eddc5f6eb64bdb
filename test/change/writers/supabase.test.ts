import { vi } from 'vitest'
import { supabaseMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

vi.setConfig({ testTimeout: 120_000 }) // each test starts the tool several times

const folder = 'supabase/migrations'

describeWriter({
  title: 'the Supabase CLI',
  packages: ['migrate-supabase', 'supabase@3.1.0'],
  folder,
  rollsBack: false,
  toSource: (path) => supabaseMigrations(path),
  async prepare({ workshop, url }, tool) {
    await workshop.write(`${folder}/20240101000000_a.sql`, 'create table a (id int)')
    await workshop.write(`${folder}/20240103000000_b.sql`, 'create table b (id int)')
    const env = { HOME: workshop.path, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' }
    const flags = ['--db-url', `${url}?sslmode=disable`, '--yes']
    const push = () =>
      runOrFail(
        tool.run('supabase/dist/supabase.js', ['db', 'push', ...flags], {
          cwd: workshop.path,
          env,
        }),
      )
    return { up: push }
  },
})
