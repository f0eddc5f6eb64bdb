import { library } from '../../library.ts'
import { checksum } from '../../lib/checksum.ts'
import { isoTime } from '../../lib/clock.ts'
import { type Draft, fitAnswer } from './budget.ts'
import { toContextSchemas, toContextSettings } from './settings.ts'
import { selectSections } from './sections.ts'
import { type ContextQuery, parseContextQuery } from './query.ts'
import { type Detail } from '../model/detail.ts'
import type { Introspection } from '../module.ts'
import type { Reading } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'

/** An answer without its time. */
interface Context {
  readonly content: object
  readonly checksum: string
}

/** Puts the whole document together. Loaded when it is first asked for: a core entry stays small that way. */
export async function readFullContext(
  introspection: Introspection,
  reading: Reading,
  url: URL,
): Promise<object> {
  const query = parseContextQuery(url)
  const { content, checksum } = await readContext(introspection, reading, query)
  const head = {
    framework: 'aksara',
    framework_version: protocolLevel,
    context_version: '1.0.0',
    generated_at: isoTime(introspection.clock.now()),
    checksum,
  }
  return { ...head, ...content }
}

const plain = new WeakMap<Snapshot, Promise<Context>>()

/** The answer without parameters is put together once a snapshot: it grows with the schema. */
async function readContext(
  introspection: Introspection,
  reading: Reading,
  query: ContextQuery,
): Promise<Context> {
  const snapshot = await reading.snapshot()
  const make = async (): Promise<Context> => {
    const draft = (detail: Detail) => toDraft(detail, query, { introspection, reading, snapshot })
    const content = fitAnswer(query, draft)
    return { content, checksum: await checksum(content) }
  }
  if (!query.isPlain) return make()
  const known = plain.get(snapshot) ?? make()
  plain.set(snapshot, known)
  return known
}

interface Source {
  readonly introspection: Introspection
  readonly reading: Reading
  readonly snapshot: Snapshot
}

/** Where little room is left, at the level of names, only the lists stay. What this deployment cannot know is null. */
function toDraft(detail: Detail, { terms }: ContextQuery, source: Source): Draft {
  const { introspection, reading, snapshot } = source
  const isShort = detail === 'names'
  return {
    sections: selectSections(detail, terms, snapshot),
    compose: (lists) => ({
      // the constants before the time count for the size as well
      framework: 'aksara',
      framework_version: protocolLevel,
      context_version: '1.0.0',
      ...listed('model', lists),
      ...listed('viewset', lists),
      ...listed('route', lists),
      ...listed('migration', lists),
      pending_migrations: snapshot.migrations.pending,
      admin: { site_name: 'admin', enabled: false, registered_models: [], total_models: 0 },
      settings: isShort ? null : toContextSettings(introspection, reading.database),
      middleware: [],
      middleware_count: 0,
      ...listed('ai_tool', lists),
      ai_schemas: isShort ? [] : toContextSchemas(introspection, detail),
      ai_hints: [],
      ai_hint_count: 0,
      ai_hub_summary: null,
      metadata: { library: library.name, library_version: library.version },
    }),
  }
}

function listed(name: string, lists: ReadonlyMap<string, readonly unknown[]>): object {
  const items = lists.get(`${name}s`) ?? []
  return { [`${name}s`]: items, [`${name}_count`]: items.length }
}
