import { execFile } from 'node:child_process'
import { describe, vi } from 'vitest'
import { alembicMigrations, djangoMigrations } from '../../../src/postgres.ts'
import { describeWriter, runOrFail } from './describe-writer.ts'

// npm has no Python: PYTHON_TOOLS names the `bin` of a virtual environment with alembic, django, psycopg and psycopg2-binary.
const tools = process.env['PYTHON_TOOLS'] ?? ''
vi.setConfig({ testTimeout: 120_000 })

describe.runIf(tools !== '')('the tools of Python', () => {
  describeAlembic('psycopg2')
  describeAlembic('psycopg')
  describeDjango()
})

function runProgram(file: string, args: readonly string[], cwd: string, env: object = {}) {
  return runOrFail(
    new Promise((resolve) =>
      execFile(file, args, { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
        resolve({ code: error ? 1 : 0, output: stdout + stderr }),
      ),
    ),
  )
}

function describeAlembic(driver: string): void {
  const toRevision = (id: string, parent: string, table: string) => `from alembic import op
revision = '${id}'
down_revision = ${parent}
def upgrade():
    op.execute('create table ${table} (id int)')
def downgrade():
    op.execute('drop table ${table}')
`
  describeWriter({
    title: `Alembic with ${driver}`,
    packages: ['migrate-dbmate', 'dbmate@2.36.0'],
    rollsBack: true,
    folder: 'alembic/versions',
    toSource: (folder) => alembicMigrations(folder),
    async prepare({ workshop, url }) {
      const alembic = (...args: string[]) => runProgram(`${tools}/alembic`, args, workshop.path)
      await alembic('init', 'alembic')
      const address = url.replace(/^postgres(ql)?:/, `postgresql+${driver}:`)
      await workshop.write(
        'alembic.ini',
        `[alembic]\nscript_location = alembic\nsqlalchemy.url = ${address}\n${logging}`,
      )
      await workshop.write('alembic/versions/aaa1_a.py', toRevision('aaa1', 'None', 'a'))
      await workshop.write('alembic/versions/bbb2_b.py', toRevision('bbb2', "'aaa1'", 'b'))
      return {
        up: () => alembic('upgrade', 'head'),
        down: (count) => alembic('downgrade', `-${count}`),
      }
    },
  })
}

/** What the `env.py` of a new Alembic project reads. */
const logging = `[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = WARNING
handlers =
`

function describeDjango(): void {
  const toMigration = (parents: string, table: string) => `from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [${parents}]
    operations = [migrations.RunSQL('create table ${table} (id int)', 'drop table ${table}')]
`
  describeWriter({
    title: 'Django',
    packages: ['migrate-dbmate', 'dbmate@2.36.0'],
    rollsBack: true,
    folder: 'shop/migrations',
    toSource: (folder) => djangoMigrations(folder),
    async prepare({ workshop, url }) {
      const { pathname, username, password, hostname, port } = new URL(url)
      const database = {
        ENGINE: 'django.db.backends.postgresql',
        NAME: pathname.slice(1),
        USER: username,
        PASSWORD: password,
        HOST: hostname,
        PORT: port,
      }
      await workshop.write(
        'settings.py',
        `SECRET_KEY = 'x'\nINSTALLED_APPS = ['shop']\nUSE_TZ = True\nDATABASES = {'default': ${JSON.stringify(database)}}\n`,
      )
      await workshop.write('shop/__init__.py', '')
      await workshop.write('shop/migrations/__init__.py', '')
      await workshop.write('shop/migrations/0001_a.py', toMigration('', 'a'))
      await workshop.write('shop/migrations/0002_b.py', toMigration("('shop', '0001_a')", 'b'))
      const env = {
        DJANGO_SETTINGS_MODULE: 'settings',
        PYTHONPATH: workshop.path,
        PYTHONDONTWRITEBYTECODE: '1',
      }
      const django = (...args: string[]) =>
        runProgram(`${tools}/python`, ['-m', 'django', ...args], workshop.path, env)
      return { up: () => django('migrate'), down: () => django('migrate', 'shop', '0002_b') }
    },
  })
}
