import { checksum, sha256 } from '../../lib/checksum.ts'
import { compareText } from '../../lib/text.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Migration } from '../../project/source.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { Checksums } from '../introspection-answers.ts'

const emptyChecksum = '0000000000000000'

/**
 * Digests each part of a snapshot (docs/contracts/introspection.md, 3). The digests are equal across processes and hosts and
 * do not depend on the order in which items were found; an empty list gives sixteen zeros. `knownSchema` is the schema
 * checksum of these models if it is known already.
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
  const [schema, migrations, settings, routes] = await Promise.all([
    knownSchema ?? digest(sortByNames(parts.models.map(toModelTuple))),
    digest(sortByNames(parts.migrations.map(({ app, name, checksum }) => [app, name, checksum]))),
    checksum(parts.settings),
    digest(parts.routes.map(({ method, path }) => `${method} ${path}`).sort()),
  ])
  return {
    schema_checksum: schema,
    migrations_checksum: migrations,
    settings_checksum: settings,
    routes_checksum: routes,
  }
}

/** Nested tuples instead of objects: their JSON is canonical as it is, so no keys are sorted however many models there are. */
type Tuple = string | number | boolean | null | readonly Tuple[]

async function digest(items: readonly Tuple[]): Promise<string> {
  return items.length > 0 ? (await sha256(JSON.stringify(items))).slice(0, 16) : emptyChecksum
}

/** Sorts tuples that begin with an app and a name. */
function sortByNames<T extends readonly unknown[]>(tuples: readonly T[]): T[] {
  const toKey = ([app, name]: T) => `${app}.${name}`
  return tuples.toSorted((a, b) => compareText(toKey(a), toKey(b)))
}

function toModelTuple({ app, name, schema, table, fields, relations }: AppModel) {
  const byName = (a: Field | Relation, b: Field | Relation) => compareText(a.name, b.name)
  return [
    app,
    name,
    schema,
    table,
    fields.toSorted(byName).map(toFieldTuple),
    relations.toSorted(byName).map(toRelationTuple),
  ] as const
}

function toFieldTuple(field: Field): Tuple {
  const { name, column, type, nullable, primaryKey, unique, indexed, maxLength } = field
  return [name, column, type, nullable, primaryKey, unique, indexed, maxLength, field.default]
}

function toRelationTuple(relation: Relation): Tuple {
  const { name, type, to, through, fields, onDelete, nullable, unique } = relation
  return [name, type, to, through, fields, onDelete, nullable, unique]
}
