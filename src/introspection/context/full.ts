import { checksum } from '../../lib/checksum.ts'
import { isoTime } from '../../lib/clock.ts'
import { library } from '../../library.ts'
import type { Detail } from '../model/detail-levels.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { type SectionedAnswer, fitAnswer } from './budget.ts'
import type { FullContext } from './context-answers.ts'
import { type ContextParameters, toParameters } from './parameters.ts'
import { selectSections } from './sections.ts'
import type { ContextQuery } from './wire.ts'
import { toAdminSite, toContextSchemas, toContextSettings } from './settings.ts'

const versions = {
  framework: 'aksara',
  framework_version: protocolLevel,
  context_version: '1.0.0',
}

/** An answer without the time it was generated at. */
interface Context {
  readonly content: Omit<FullContext, 'generated_at' | 'checksum'>
  readonly checksum: string
}

/** Answers `GET /ai/context/full`: everything known about the project in one document. */
export async function readFullContext(
  introspection: IntrospectionModule,
  scope: RequestScope,
  query: ContextQuery,
): Promise<FullContext> {
  const parameters = toParameters(query)
  const context = await readContext(introspection, scope, parameters)
  const generated_at = isoTime(introspection.clock.now())
  return { ...versions, generated_at, checksum: context.checksum, ...context.content }
}

const plainContexts = new WeakMap<Snapshot, Promise<Context>>()

/** Builds the answer. Without parameters it grows with the schema, so that one is built once per snapshot. */
async function readContext(
  introspection: IntrospectionModule,
  scope: RequestScope,
  parameters: ContextParameters,
): Promise<Context> {
  const snapshot = await scope.snapshot()
  const build = async (): Promise<Context> => {
    const source = { introspection, scope, snapshot }
    const content = fitAnswer(parameters, (detail) => toDraft(detail, parameters, source))
    return { content, checksum: await checksum(content) }
  }
  if (!parameters.isPlain) return build()
  const context = plainContexts.get(snapshot) ?? build()
  plainContexts.set(snapshot, context)
  return context
}

interface ContextSource {
  readonly introspection: IntrospectionModule
  readonly scope: RequestScope
  readonly snapshot: Snapshot
}

/** Drafts the document. At the level of names only the lists stay. What this library cannot know is null or empty. */
function toDraft(
  detail: Detail,
  { terms }: ContextParameters,
  { introspection, scope, snapshot }: ContextSource,
): SectionedAnswer<Context['content']> {
  const isShort = detail === 'names'
  return {
    sections: selectSections(detail, terms, snapshot, introspection),
    compose: (itemsOf) => ({
      ...versions, // here too, because they count for the size and the checksum
      ...toCountedList('model', itemsOf('models')),
      ...toCountedList('viewset', itemsOf('viewsets')),
      ...toCountedList('route', itemsOf('routes')),
      ...toCountedList('migration', itemsOf('migrations')),
      pending_migrations: snapshot.migrations.pending,
      admin: toAdminSite(introspection),
      settings: isShort ? null : toContextSettings(introspection, scope.database),
      middleware: [],
      middleware_count: 0,
      ...toCountedList('ai_tool', itemsOf('ai_tools')),
      ai_schemas: isShort ? [] : toContextSchemas(introspection, detail),
      ai_hints: [],
      ai_hint_count: 0,
      ai_hub_summary: null,
      metadata: { library: library.name, library_version: library.version },
    }),
  }
}

type CountedList<Name extends string, Item> = Record<`${Name}s`, Item[]> &
  Record<`${Name}_count`, number>

function toCountedList<Name extends string, Item>(name: Name, items: readonly Item[]) {
  return { [`${name}s`]: items, [`${name}_count`]: items.length } as CountedList<Name, Item>
}
