import { StudioError } from '../../errors.ts'
import { fitAnswer } from './budget.ts'
import { toDatabaseFacts } from './database.ts'
import { toContextSettings } from './settings.ts'
import { parseContextQuery } from './query.ts'
import { toContextModel } from '../model/context-model.ts'
import type { ContextPart } from './part-names.ts'
import { selectModels, selectSections } from './sections.ts'
import type { Introspection } from '../module.ts'
import type { Reading } from '../model/request-scope.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'

/** What a part is read from. */
interface PartRequest {
  readonly introspection: Introspection
  readonly reading: Reading
  readonly url: URL
}

/** Answers one part of the full context; what is left out there is left out here. */
export async function readContextPart(part: ContextPart, request: PartRequest): Promise<object> {
  const { introspection, reading, url } = request
  const snapshot = await reading.snapshot()
  const version = protocolLevel
  switch (part) {
    case 'models':
      return readModels(snapshot, url)
    case 'settings': {
      const settings = toContextSettings(introspection, reading.database)
      return { settings, middleware: [], middleware_count: 0, version }
    }
    case 'admin':
      return {
        admin: { site_name: 'admin', enabled: false, registered_models: [], total_models: 0 },
        version,
      }
    default:
      return { ...readList(part, snapshot), version }
  }
}

function readModels(snapshot: Snapshot, url: URL): object {
  const query = parseContextQuery(url)
  return fitAnswer(query, (detail) => ({
    sections: [selectModels(detail, query.terms, snapshot)],
    compose: (lists) => {
      const models = lists.get('models') ?? []
      return { models, model_count: models.length, version: protocolLevel }
    },
  }))
}

function readList(part: 'viewsets' | 'routes' | 'migrations', snapshot: Snapshot): object {
  const items = selectSections('full', null, snapshot).find(({ name }) => name === part)?.items
  const { pending } = snapshot.migrations
  return {
    [part]: items ?? [],
    [`${part.slice(0, -1)}_count`]: items?.length ?? 0,
    ...(part === 'migrations' ? { pending_migrations: pending } : {}),
  }
}

/** Returns one model in full. @throws StudioError `not_found`. */
export function readContextModel({ models, catalog }: Snapshot, asked: string): object {
  const model = findByName(models, asked)
  if (!model) throw new StudioError('not_found', `Model "${asked}" not found`)
  const database = toDatabaseFacts(catalog, model)
  return { model: toContextModel(model, models), database, version: protocolLevel }
}

/** By `Name` or `app.Name`. */
function findByName(models: readonly AppModel[], asked: string): AppModel | undefined {
  return (
    models.find(({ app, name }) => `${app}.${name}` === asked) ??
    models.find(({ name }) => name === asked)
  )
}
