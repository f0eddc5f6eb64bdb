import type { Exchange } from '../../http/exchange.ts'
import { type AnswerMembers, answerStored, storeAnswer } from '../../http/stored-answer.ts'
import { isoTime } from '../../lib/clock.ts'
import { inTurns } from '../../lib/steps/turns.ts'
import { library } from '../../library.ts'
import { keepAnswer } from '../model/answer-cache.ts'
import type { Detail } from '../model/detail-levels.ts'
import { prefixSteps } from '../model/prefixes.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { fitAnswer, type Section, type SectionedAnswer } from './budget.ts'
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

/**
 * Answers `GET /ai/context/full`: everything known about the project in one document. Without parameters it grows with the
 * schema, so that one is written once for each snapshot, in turns with the event loop.
 */
export async function answerFullContext(
  introspection: IntrospectionModule,
  exchange: Exchange,
  query: ContextQuery,
): Promise<Response> {
  const parameters = toParameters(query)
  const stored = await introspection.withScope(exchange, async (scope) => {
    const snapshot = await scope.snapshot()
    const source = { introspection, scope, snapshot }
    const write = async () => {
      await inTurns(prefixSteps(snapshot.routes)) // the items look routes up by their prefix
      return storeAnswer(toMembers(parameters, source))
    }
    return parameters.isPlain ? keepAnswer(snapshot, 'context_full', write) : write()
  })
  const generated_at = isoTime(introspection.clock.now())
  const first = { ...versions, generated_at, checksum: stored.digest }
  return answerStored(stored, exchange.request, first)
}

/** Returns what follows the time and the checksum. Lists that are not shortened are made while they are written. */
function toMembers(parameters: ContextParameters, source: ContextSource): AnswerMembers {
  const draft = (detail: Detail) => toDraft(detail, parameters, source)
  if (!parameters.isPlain) return withoutVersions(fitAnswer(parameters, draft))
  const { sections, compose } = draft('full')
  const frame: AnswerMembers = withoutVersions(compose(() => []))
  const lists = sections.flatMap((section) => [
    [section.name, () => showEach(section)] as const,
    [`${section.name.slice(0, -1)}_count`, section.count] as const,
  ])
  return { ...frame, ...Object.fromEntries(lists) }
}

function* showEach({ count, show }: Section): Iterable<unknown> {
  for (let index = 0; index < count; index++) yield show(index)
}

function withoutVersions(content: Content): Omit<Content, keyof typeof versions> {
  const { framework: _, framework_version: __, context_version: ___, ...rest } = content
  return rest
}

/** An answer without the time it was generated at. */
type Content = Omit<FullContext, 'generated_at' | 'checksum'>

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
): SectionedAnswer<Content> {
  const isShort = detail === 'names'
  return {
    sections: selectSections(detail, terms, snapshot, introspection),
    compose: (itemsOf) => ({
      ...versions, // here too, because they count for the size
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
