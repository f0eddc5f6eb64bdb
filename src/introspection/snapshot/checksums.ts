import { concatBytes } from '../../http/stored-answer.ts'
import { sha256 } from '../../lib/checksum.ts'
import { compareText } from '../../lib/text.ts'
import { inTurns, type Steps } from '../../lib/steps/turns.ts'
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
    /** The settings as canonical JSON. */
    readonly settings: string
    readonly routes: readonly ProjectRoute[]
  },
  knownSchema?: string,
): Promise<Checksums> {
  const [schema, migrations, settings, routes] = await Promise.all([
    knownSchema ?? digestOf(parts.models, () => toModelTexts(parts.models)),
    digestOf(parts.migrations, () =>
      sortByNames(
        parts.migrations.map(({ app, name, checksum }) => [app, name, checksum] as const),
      ).map((tuple) => JSON.stringify(tuple)),
    ),
    sha256(parts.settings).then((digest) => digest.slice(0, 16)),
    digestOf(parts.routes, () =>
      parts.routes
        .map(({ method, path }) => `${method} ${path}`)
        .sort()
        .map((text) => JSON.stringify(text)),
    ),
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

/** Digests by the list that they cover: an unchanged snapshot passes the same lists. */
const digests = new WeakMap<readonly unknown[], string>()

/** Returns the digest of a list, from the JSON of its items. Cached for each list. */
async function digestOf(
  items: readonly unknown[],
  toTexts: () => Iterable<string>,
): Promise<string> {
  if (items.length === 0) return emptyChecksum
  const known = digests.get(items)
  if (known !== undefined) return known
  const digest = (await sha256(await inTurns(encodeList(toTexts())))).slice(0, 16)
  digests.set(items, digest)
  return digest
}

/** How many characters are encoded together: the text of a large schema never exists as a whole. */
const pieceLength = 65_536

const encoder = new TextEncoder()

/** Encodes a JSON array of items that are JSON already, in steps. */
function* encodeList(texts: Iterable<string>): Steps<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let text = '['
  let separator = ''
  for (const one of texts) {
    text += separator + one
    separator = ','
    if (text.length >= pieceLength) {
      pieces.push(encoder.encode(text))
      text = ''
    }
    yield
  }
  return concatBytes([...pieces, encoder.encode(`${text}]`)])
}

function* toModelTexts(models: readonly AppModel[]): Iterable<string> {
  const sorted = sortByNames(models.map((model) => [model.app, model.name, model] as const))
  for (const [, , model] of sorted) yield JSON.stringify(toModelTuple(model))
}

/** Sorts tuples that begin with an app and a name. */
function sortByNames<T extends readonly unknown[]>(tuples: readonly T[]): T[] {
  const keyed = tuples.map((tuple) => ({ tuple, key: `${tuple[0]}.${tuple[1]}` }))
  return keyed.sort((a, b) => compareText(a.key, b.key)).map(({ tuple }) => tuple)
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
