import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { toContextModel, toForeignKeys } from '../model/context-model.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import { unknownModels } from '../model/unknown-exposure.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { fitAnswer, showAll } from './budget.ts'
import type {
  ContextModelDetails,
  ContextPart,
  ContextParts,
  TableDetails,
} from './context-answers.ts'
import { type DatabaseDetails, toDatabaseDetails } from './database.ts'
import { toParameters } from './parameters.ts'
import { selectMigrations, selectModels, selectRoutes, selectViewsets } from './sections.ts'
import type { ContextQuery } from './wire.ts'
import { toAdminSite, toContextSettings } from './settings.ts'

interface PartRequest {
  readonly introspection: IntrospectionModule
  readonly scope: RequestScope
  /** Only the part `models` has parameters. */
  readonly query: ContextQuery
}

type PartSource = PartRequest & { readonly snapshot: Snapshot }

const version = protocolLevel

const readers: { readonly [Part in ContextPart]: (source: PartSource) => ContextParts[Part] } = {
  models: ({ snapshot, query }) => listModels(snapshot, query),
  viewsets({ snapshot }) {
    const viewsets = showAll(selectViewsets('full', null, snapshot))
    return { viewsets, viewset_count: viewsets.length, version }
  },
  routes({ introspection, snapshot }) {
    const routes = showAll(selectRoutes('full', null, snapshot, introspection))
    return { routes, route_count: routes.length, version }
  },
  migrations({ snapshot }) {
    const migrations = showAll(selectMigrations('full', null, snapshot))
    const { pending } = snapshot.migrations
    return {
      migrations,
      migration_count: migrations.length,
      pending_migrations: pending,
      version,
    }
  },
  settings({ introspection, scope }) {
    const settings = toContextSettings(introspection, scope.database)
    return { settings, middleware: [], middleware_count: 0, version }
  },
  admin: ({ introspection }) => ({ admin: toAdminSite(introspection), version }),
}

/** Answers one part of the full context, with the same content as there. */
export async function readContextPart<Part extends ContextPart>(
  part: Part,
  request: PartRequest,
): Promise<ContextParts[Part]> {
  return readers[part]({ ...request, snapshot: await request.scope.snapshot() })
}

function listModels(snapshot: Snapshot, query: ContextQuery): ContextParts['models'] {
  const parameters = toParameters(query)
  return fitAnswer(parameters, (detail) => ({
    sections: [selectModels(detail, parameters.terms, snapshot)],
    compose: (itemsOf) => {
      const models = itemsOf('models')
      return { models, model_count: models.length, version }
    },
  }))
}

/**
 * Answers `GET /ai/context/models/:model`.
 *
 * @throws StudioError `not_found` for a model that does not exist or is hidden; `unavailable` while models are unknown.
 */
export async function readContextModel(
  scope: RequestScope,
  name: string,
): Promise<ContextModelDetails> {
  const snapshot = await scope.snapshot()
  const { models, catalog } = snapshot
  const model = findModelByName(snapshot, name)
  if (!model) throw new StudioError('not_found', `Model "${name.slice(0, 64)}" not found`)
  const details = toDatabaseDetails(catalog, model)
  const database = details && (await withEstimate(details, scope))
  return {
    model: toContextModel(model, models),
    foreign_keys: toForeignKeys(model, models),
    database,
    version,
  }
}

/** Longest that reading an estimate may take, in milliseconds. */
const estimateTimeoutMs = 1_000

/** Replaces the estimate of the catalog, which is as old as the last change of the schema, by that of now. */
async function withEstimate(
  { oid, kind, ...details }: DatabaseDetails,
  { database }: RequestScope,
): Promise<TableDetails> {
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

/**
 * Finds a model by `app.Name` or, if there is none, by `Name`. Returns undefined if there is no such model.
 *
 * @throws StudioError `unavailable` if it is unknown whether there is one.
 */
export function findModelByName(
  { models, exposure }: Pick<Snapshot, 'models' | 'exposure'>,
  asked: string,
): AppModel | undefined {
  const found =
    models.find(({ app, name }) => `${app}.${name}` === asked) ??
    models.find(({ name }) => name === asked)
  if (!found && exposure === 'unknown') throw unknownModels()
  return found
}
