import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { NotInstalled, type RealSchema, runScript } from './real-schema.ts'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../../.tools/debian', import.meta.url))

/** Schemas that Debian packages carry. They are downloaded and unpacked, never installed, and no text of them is kept here. */
export const debianSchemas: readonly RealSchema[] = [
  debian('bacula-director-pgsql', [
    'usr/share/dbconfig-common/data/bacula-director-pgsql/install/pgsql',
  ]),
  debian('ejabberd', ['usr/share/ejabberd/sql/pg.new.sql']),
  debian('icinga2-ido-pgsql', ['usr/share/dbconfig-common/data/icinga2-ido-pgsql/install/pgsql']),
  debian('icingadb', ['usr/share/icingadb/schema/pgsql/schema.sql']),
  debian('kamailio-postgres-modules', [
    'usr/share/kamailio/postgres/standard-create.sql',
    'usr/share/kamailio/postgres/',
  ]),
  debian('kea-admin', ['usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql']),
  debian(
    'ledgersmb',
    ['usr/share/ledgersmb/sql/Pg-database.sql'],
    'create extension btree_gist; create extension pg_trgm; create extension tablefunc;',
  ),
  debian('mediawiki', [
    'usr/share/mediawiki/maintenance/postgres/tables-generated.sql',
    'usr/share/mediawiki/maintenance/postgres/tables.sql',
  ]),
  debian('pdns-backend-pgsql', ['usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql']),
  debian('roundcube-core', ['usr/share/dbconfig-common/data/roundcube/install/pgsql']),
  debian('zabbix-server-pgsql', ['usr/share/zabbix-server-pgsql/schema.sql.gz']),
]

/** `files` are run in their order; a folder stands for its other `.sql` files, sorted. */
function debian(name: string, files: readonly string[], before = ''): RealSchema {
  return {
    name,
    from: 'Debian',
    origin: name,
    async create(sql) {
      const root = await unpack(name)
      await sql.unsafe(before)
      for (const file of files.filter((one) => !one.endsWith('/'))) {
        await runScript(sql, await readScript(join(root, file)))
      }
      for (const below of files.filter((one) => one.endsWith('/'))) {
        for (const file of (await readdir(join(root, below))).sort()) {
          const isOther = file.endsWith('.sql') && !files.includes(below + file)
          if (isOther) await runScript(sql, await readScript(join(root, below, file)))
        }
      }
    },
  }
}

async function readScript(path: string): Promise<string> {
  const bytes = await readFile(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** Downloads a package with apt and unpacks it, once; needs neither root nor an installation. */
async function unpack(name: string): Promise<string> {
  const target = join(folder, name)
  if (existsSync(target)) return target
  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, `${name}-`))
  try {
    await run('apt-get', ['download', '-qq', name], { cwd: draft, timeout: 120_000 })
    const [archive = ''] = (await readdir(draft)).filter((file) => file.endsWith('.deb'))
    await run('dpkg-deb', ['-x', join(draft, archive), join(draft, 'root')])
    await rename(join(draft, 'root'), target)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : ''
    throw new NotInstalled(`apt-get download ${name}: ${reason}`)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return target
}
