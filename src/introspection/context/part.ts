import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { toContextModel, toForeignKeys } from '../model/context-model.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { fitAnswer } from './budget.ts'
import { type DatabaseDetails, toDatabaseDetails } from './database.ts'
import { parseParameters } from './parameters.ts'
import { selectModels, selectSections } from './sections.ts'
import { adminSite, toContextSettings } from './settings.ts'

type ListPart = 'viewsets' | 'routes' | 'migrations'

/** A part of the full context that has an endpoint of its own, `/ai/context/<part>`. */
export type ContextPart = 'models' | ListPart | 'settings' | 'admin'

interface PartRequest {
  readonly introspection: IntrospectionModule
  readonly scope: RequestScope
  readonly url: URL
}

/** Answers one part of the full context, with the same content as there. */
export async function readContextPart(part: ContextPart, request: PartRequest): Promise<object> {
  const { introspection, scope, url } = request
  const snapshot = await scope.snapshot()
  const version = protocolLevel
  switch (part) {
    case 'models':
      return listModels(snapshot, url)
    case 'settings': {
      const settings = toContextSettings(introspection, scope.database)
      return { settings, middleware: [], middleware_count: 0, version }
    }
    case 'admin':
      return { admin: adminSite, version }
    default:
      return { ...listItems(part, snapshot), version }
  }
}

function listModels(snapshot: Snapshot, url: URL): object {
  const parameters = parseParameters(url)
  return fitAnswer(parameters, (detail) => ({
    sections: [selectModels(detail, parameters.terms, snapshot)],
    compose: (lists) => {
      const models = lists.get('models') ?? []
      return { models, model_count: models.length, version: protocolLevel }
    },
  }))
}

function listItems(part: ListPart, snapshot: Snapshot): object {
  const items = selectSections('full', null, snapshot).find(({ name }) => name === part)?.items
  const { pending } = snapshot.migrations
  return {
    [part]: items ?? [],
    [`${part.slice(0, -1)}_count`]: items?.length ?? 0,
    ...(part === 'migrations' ? { pending_migrations: pending } : {}),
  }
}

/**
 * Answers `GET /ai/context/models/:model`.
 *
 * @throws StudioError `not_found` for a model that does not exist or is hidden.
 */
export async function readContextModel(scope: RequestScope, name: string): Promise<object> {
  const { models, catalog } = await scope.snapshot()
  const model = findByName(models, name)
  if (!model) throw new StudioError('not_found', `Model "${name.slice(0, 64)}" not found`)
  const details = toDatabaseDetails(catalog, model)
  const database = details && (await withEstimate(details, scope))
  return {
    model: toContextModel(model, models),
    foreign_keys: toForeignKeys(model, models),
    database,
    version: protocolLevel,
  }
}

/** Longest that reading an estimate may take, in milliseconds. */
const estimateTimeoutMs = 1_000

/** Replaces the estimate of the catalog, which is as old as the last change of the schema, by that of now. */
async function withEstimate(
  { oid, kind, ...details }: DatabaseDetails,
  { database }: RequestScope,
): Promise<object> {
  if (!database || !/^\d+$/.test(oid) || kind === 'view') return { kind, ...details }
  const late = new StudioError('unavailable', 'no estimate in time')
  const parts =
    kind === 'partitioned'
      ? `select relid from pg_catalog.pg_partition_tree(${oid}) where isleaf`
      : `select ${oid}`
  const estimate = `select sum(nullif(c.reltuples, -1))::float8 from pg_catalog.pg_class c where c.oid in (${parts})`
  const estimated_rows = await withDeadline(estimateTimeoutMs, late, (signal) =>
    database.read({ estimate }, signal),
  ).then(
    (rows) => (rows.estimate[0]?.[0] ?? null) as number | null,
    () => details.estimated_rows,
  )
  return { kind, ...details, estimated_rows }
}

/** Finds a model by `app.Name` or, if there is none, by `Name`. */
function findByName(models: readonly AppModel[], asked: string): AppModel | undefined {
  return (
    models.find(({ app, name }) => `${app}.${name}` === asked) ??
    models.find(({ name }) => name === asked)
  )
}
