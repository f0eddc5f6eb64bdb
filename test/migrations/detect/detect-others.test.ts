import { describe, expect, it } from 'vitest'
import { detectMigrations, memoryFiles, postgresDatabase } from '../../../src/postgres.ts'
import { listWith, statesOf } from '../../support/migrations.ts'
import { withPostgres } from '../../support/postgres.ts'

const files = {
  'alembic/versions/aaa1_a.py': `revision = 'aaa1'\ndown_revision = None\n`,
  'atlas/20240101_a.sql': 'select 1;',
  'atlas/atlas.sum': 'h1:x=\n20240101_a.sql h1:y=\n',
  'flyway/sql/V1__a.sql': 'select 1;',
  'go/000001_a.up.sql': 'select 1;',
  'goose/00001_a.sql': '-- +goose Up\nselect 1;',
  'mikro/migrations/Migration20240101000000.ts': `import { Migration } from '@mikro-orm/migrations'
    export class Migration20240101000000 extends Migration {}`,
  'site/shop/migrations/0001_initial.py': 'from django.db import migrations, models\n',
  'site/shop/migrations/__init__.py': '',
  'supabase/migrations/20240101000000_a.sql': 'select 1;',
  'web/migrations/20240101-a.js': 'module.exports = { up: (queryInterface) => {} }',
}

describe('detectMigrations for the other tools', () => {
  const { createDatabase } = withPostgres(18)

  it('detectMigrations() recognises each of nine further tools by its files and finds one migration each', async () => {
    const found = await detectMigrations(memoryFiles(files))
    expect(found.map(({ tool, folder }) => [tool, folder])).toEqual([
      ['alembic', 'alembic/versions'],
      ['atlas', 'atlas'],
      ['flyway', 'flyway/sql'],
      ['golang-migrate', 'go'],
      ['goose', 'goose'],
      ['mikro-orm', 'mikro/migrations'],
      ['django', 'site/shop/migrations'],
      ['supabase', 'supabase/migrations'],
      ['sequelize', 'web/migrations'],
    ])
    const answer = await listWith(
      Object.fromEntries(found.map(({ label, migrations }) => [label, migrations])),
      null,
    )
    expect(answer.apps.map(({ total }) => total)).toEqual(found.map(() => 1))
  })

  it('detectMigrations() finds a Django app and labels it by the folder of the app', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`create table django_migrations (id serial, app text, name text, applied timestamptz);
      insert into django_migrations (app, name, applied) values ('auth', '0001_initial', now()), ('shop', '0001_initial', now())`)
    const found = await detectMigrations(memoryFiles(files), postgresDatabase(sql))
    const django = found.find(({ tool }) => tool === 'django')
    expect(django).toMatchObject({ tables: ['public.django_migrations'] })
    const answer = await listWith(django ? { django: django.migrations } : {}, sql)
    expect(statesOf(answer)).toEqual({ '0001_initial': 'applied' })
  })
})
