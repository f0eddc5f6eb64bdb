import { sha256 } from '../../lib/checksum.ts'
import { describeFailure } from '../failure.ts'
import type { Migration, MigrationKey, MigrationSource } from '../source.ts'
import { tableJournal } from './journal.ts'
import { folderFiles, type MigrationFiles } from './migration-files.ts'

/**
 * Reads the `.sql` files of a folder as migrations, in the order of their names (contract introspection.md 5 and D).
 *
 * Each depends on the one before it, unless its first line says `-- depends: app.name, app.name` (a name alone means
 * the same app, nothing at all means no dependency). Names that begin with `_` or a dot are left out. What ran is read from
 * `table`, `aksara_migrations` unless given.
 */
export function sqlMigrations(
  files: string | URL | MigrationFiles,
  { table = 'aksara_migrations' }: { table?: string } = {},
): MigrationSource {
  const source = typeof files === 'string' || files instanceof URL ? folderFiles(files) : files
  return {
    journal: tableJournal(table),
    async discover(app) {
      const names = (await source.list()).filter((name) => /^[^_.].*\.sql$/.test(name)).sort()
      const contents = await Promise.all(
        names.map((name) =>
          source.read(name).then(
            (bytes) => ({ bytes }),
            (error: unknown) => ({ error }),
          ),
        ),
      )
      const migrations: Migration[] = []
      const problems: string[] = []
      for (const [index, content] of contents.entries()) {
        const name = toName(names[index])
        const before = index > 0 ? [{ app, name: toName(names[index - 1]) }] : []
        if ('error' in content) {
          const reason = describeFailure(content.error) ?? 'it could not be read'
          problems.push(`migration ${app}.${name}: ${reason}`)
          migrations.push({ app, name, dependencies: before, checksum: null })
        } else {
          const dependencies = readDependencies(content.bytes, app) ?? before
          const checksum = await sha256(Uint8Array.from(content.bytes))
          migrations.push({ app, name, dependencies, checksum })
        }
      }
      return { migrations, problems }
    },
  }
}

function toName(file = ''): string {
  return file.replace(/\.sql$/, '')
}

/** Null when the first comment line says nothing about dependencies. */
function readDependencies(bytes: Uint8Array, app: string): MigrationKey[] | null {
  const head = new TextDecoder().decode(bytes.subarray(0, 16_384))
  const [, list] = /^\s*--[ \t]*depends:([^\r\n]*)/i.exec(head) ?? []
  if (list === undefined) return null
  return list
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
    .map((item) => {
      const dot = item.indexOf('.')
      return dot < 0 ? { app, name: item } : { app: item.slice(0, dot), name: item.slice(dot + 1) }
    })
}
