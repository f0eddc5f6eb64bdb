import type { JsonObject } from '../../lib/json.ts'
import { toPlainSchema } from '../../lib/tools/plain-schema.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'
import { listEdges } from './edges.ts'
import { lookupNames } from './compile/filter.ts'
import { queryRequestSchema } from './plan.ts'
import type { PlanDescription, QueryModels } from './query-answers.ts'
import { toQueryWorld } from './world.ts'

/** Returns the JSON Schema of the body of `POST /ai/query/execute`. */
export function toPlanSchema(): JsonObject {
  return toPlainSchema(queryRequestSchema, 'input')
}

/** Lookups of the protocol; the others are additions of this library. */
const protocolLookups = lookupNames.slice(0, lookupNames.indexOf('icontains') + 1)

/** Answers `POST /ai/query/plan/schema`: the JSON Schema of a plan, the lookups of the protocol, and all lookups. */
export function describePlan(): PlanDescription {
  return {
    schema: toPlanSchema(),
    supported_lookups: [...protocolLookups],
    lookups: [...lookupNames],
    version: protocolLevel,
  }
}

/** Answers `GET /ai/query/models` within the scope of a request. */
export function answerModels({ withScope }: IntrospectionModule, exchange: Exchange) {
  return withScope(exchange, async (scope) => describeModels(await scope.snapshot()))
}

/** Lists the models and views with the fields and relations that a plan may name. */
function describeModels(snapshot: Snapshot): QueryModels {
  const world = toQueryWorld(snapshot)
  const listed = world.models.map((model) => ({
    name: model.name,
    app_label: model.app,
    table_name: model.table,
    kind: world.relationOf(model)?.kind ?? 'table',
    ai_description: model.description ?? '',
    primary_key_field:
      model.fields.find((field) => field.primaryKey && !field.sensitive)?.name ?? null,
    fields: model.fields
      .filter(({ sensitive }) => !sensitive)
      .map(({ name: field, type, tsType, nullable }) => ({
        name: field,
        field_type: type,
        python_type: tsType,
        nullable,
      })),
    relations: listEdges(model, world).map(({ name, target, isMany, columns, through }) => ({
      name,
      to_model: target.name,
      to_app_label: target.app,
      to_many: isMany,
      join: through
        ? []
        : columns.map(([own, other]) => ({ field: own.name, to_field: other.name })),
    })),
  }))
  return { models: listed, count: listed.length, version: protocolLevel }
}
