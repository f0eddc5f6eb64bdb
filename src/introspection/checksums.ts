import { checksum } from '../lib/checksum.ts'
import type { Field, Relation } from '../project/project.ts'
import type { ProjectRoute } from '../project/routes.ts'
import type { Migration } from '../project/source.ts'
import type { AppModel } from './snapshot.ts'
import type { Checksums } from './wire.ts'

const nothing = '0000000000000000'

/**
 * Digests each part of a snapshot (contract introspection.md 3 and D): equal across processes and hosts, independent of
 * the order in which things were found, and sixteen zeros where nothing was.
 */
export async function toChecksums(parts: {
  readonly models: readonly AppModel[]
  readonly migrations: readonly Migration[]
  readonly settings: object
  readonly routes: readonly ProjectRoute[]
}): Promise<Checksums> {
  const { models, migrations, settings, routes } = parts
  const [schema, files, options, paths] = await Promise.all([
    digest(sorted(models.map(toModelFacts))),
    digest(sorted(migrations.map(({ app, name, checksum }) => [app, name, checksum]))),
    checksum(settings),
    digest(routes.map(({ method, path }) => `${method} ${path}`).sort()),
  ])
  return {
    schema_checksum: schema,
    migrations_checksum: files,
    settings_checksum: options,
    routes_checksum: paths,
  }
}

async function digest(items: readonly unknown[]): Promise<string> {
  return items.length > 0 ? checksum(items) : nothing
}

/** Sorts by the leading names, so by app, then name. */
function sorted<T extends readonly unknown[]>(items: readonly T[]): T[] {
  const key = ([first, second]: T) => `${first}.${second}`
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function toModelFacts({ app, name, schema, table, fields, relations }: AppModel) {
  const byName = (a: Field | Relation, b: Field | Relation) => (a.name < b.name ? -1 : 1)
  const columns = fields.toSorted(byName).map(({ description: _, tsType: __, ...facts }) => facts)
  return [app, name, schema, table, columns, relations.toSorted(byName)] as const
}
