import { checksum, sha256 } from '../../lib/checksum.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Migration } from '../../project/source.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { Checksums } from '../wire.ts'

const nothing = '0000000000000000'

/**
 * Digests each part of a snapshot (contract introspection.md 3 and D): equal across processes and hosts, independent of
 * the order in which things were found, and sixteen zeros where nothing was. `knownSchema` is the checksum of these very
 * models, where it is known.
 */
export async function toChecksums(
  parts: {
    readonly models: readonly AppModel[]
    readonly migrations: readonly Migration[]
    readonly settings: object
    readonly routes: readonly ProjectRoute[]
  },
  knownSchema?: string,
): Promise<Checksums> {
  const { models, migrations, settings, routes } = parts
  const [schema, files, options, paths] = await Promise.all([
    knownSchema ?? digest(sorted(models.map(toModelFacts))),
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

/** Lists of lists and plain values, whose JSON is canonical as it is: nothing to sort, however many models there are. */
async function digest(items: readonly Facts[]): Promise<string> {
  return items.length > 0 ? (await sha256(JSON.stringify(items))).slice(0, 16) : nothing
}

type Facts = string | number | boolean | null | readonly Facts[]

/** Sorts by the leading names, so by app, then name. */
function sorted<T extends readonly unknown[]>(items: readonly T[]): T[] {
  const key = ([first, second]: T) => `${first}.${second}`
  return items.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function toModelFacts({ app, name, schema, table, fields, relations }: AppModel) {
  const byName = (a: Field | Relation, b: Field | Relation) => (a.name < b.name ? -1 : 1)
  return [
    app,
    name,
    schema,
    table,
    fields.toSorted(byName).map(toFieldFacts),
    relations.toSorted(byName).map(toRelationFacts),
  ] as const
}

function toFieldFacts(field: Field): Facts {
  const { name, column, type, nullable, primaryKey, unique, indexed, maxLength } = field
  return [name, column, type, nullable, primaryKey, unique, indexed, maxLength, field.default]
}

function toRelationFacts(relation: Relation): Facts {
  const { name, type, to, through, fields, onDelete, nullable, unique } = relation
  return [name, type, to, through, fields, onDelete, nullable, unique]
}
