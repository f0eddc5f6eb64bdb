import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { describe, expect, it } from 'vitest'
import { postgresDatabase, readCatalog } from '../../src/postgres.ts'
import { inspect } from '../../src/health/kit/inspected.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { withPostgres } from '../support/postgres.ts'

/** The folder into which Debian packages are unpacked. `dpkg-deb -x` does that without installing them. */
const root = process.env.STUDIO_DEBIAN_ROOT ?? '/'

interface Source {
  readonly files: readonly string[]
  /** Statements that the installer of the package runs first. */
  readonly before?: string
  /** The number of findings of each rule, explained in docs/schema-health-truth.md. */
  readonly counts: Readonly<Record<string, number>>
}

const sources: Readonly<Record<string, Source>> = {
  'kea-admin': {
    files: ['usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql'],
    counts: {
      'duplicate-index': 3,
      'no-primary-key': 3,
      'unindexed-foreign-key': 8,
      'mutable-search-path': 108,
    },
  },
  ledgersmb: {
    files: ['usr/share/ledgersmb/sql/Pg-database.sql'],
    before: 'create extension btree_gist; create extension pg_trgm; create extension tablefunc;',
    counts: {
      'duplicate-index': 4,
      'no-primary-key': 11,
      'unindexed-foreign-key': 177,
      'definer-search-path': 1,
      'mutable-search-path': 15,
    },
  },
  icingadb: {
    files: ['usr/share/icingadb/schema/pgsql/schema.sql'],
    counts: { 'unindexed-foreign-key': 1, 'extension-in-public': 1, 'mutable-search-path': 2 },
  },
  mediawiki: {
    files: [
      'usr/share/mediawiki/maintenance/postgres/tables-generated.sql',
      'usr/share/mediawiki/maintenance/postgres/tables.sql',
    ],
    counts: { 'no-primary-key': 5, 'mutable-search-path': 2, 'nullable-unique': 3 },
  },
}

// In a dump, rows follow `COPY … FROM stdin;` up to `\\.`. Only psql understands that, and the rules need no rows.
function withoutRows(script: string): string {
  return script.replace(/^COPY [^;]* FROM stdin[^;]*;\n[\s\S]*?^\\\.$/gim, '')
}

async function lint(sql: Sql): Promise<Record<string, number>> {
  const { issues } = lintCatalog(inspect(await readCatalog(postgresDatabase(sql)), { now: 0 }))
  const counts: Record<string, number> = {}
  for (const { rule } of issues) counts[rule] = (counts[rule] ?? 0) + 1
  return counts
}

describe('schemas of Debian packages', () => {
  const postgres = withPostgres()

  it.for(Object.entries(sources))(
    'the schema of %s has the documented findings',
    async ([name, source], { skip }) => {
      const paths = source.files.map((file) =>
        [join(root, name, file), join(root, file)].find((path) => existsSync(path)),
      )
      if (paths.includes(undefined)) skip('the package is not unpacked')
      const { sql } = await postgres.createDatabase({ max: 1 })
      await sql.unsafe(source.before ?? '')
      for (const path of paths) await sql.unsafe(withoutRows(readFileSync(path ?? '', 'utf8')))
      await sql.unsafe('commit') // some scripts begin a transaction that their installer commits
      expect(await lint(sql)).toMatchObject(source.counts)
      if (process.env.STUDIO_SHOW) console.log(name, JSON.stringify(await lint(sql)))
    },
  )
})
