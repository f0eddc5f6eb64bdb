import { z } from 'zod'
import type { JsonObject } from '../../lib/json.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'
import { lookupNames } from './filter.ts'
import { queryRequestSchema } from './plan.ts'

/** Returns the JSON Schema of the body of `POST /ai/query/execute`. */
export function toPlanSchema(): JsonObject {
  return z.toJSONSchema(queryRequestSchema, { io: 'input', unrepresentable: 'any' }) as JsonObject
}

/** Answers `POST /ai/query/plan/schema`: the JSON Schema of a plan, and the lookups. */
export function describePlan() {
  return { schema: toPlanSchema(), supported_lookups: lookupNames, version: protocolLevel }
}

/** Answers `GET /ai/query/models`: the models with the fields that a plan may name. */
export function describeModels({ models }: Snapshot) {
  const listed = models.map(({ name, app, table, description, fields }) => ({
    name,
    app_label: app,
    table_name: table,
    ai_description: description ?? '',
    primary_key_field: fields.find((field) => field.primaryKey && !field.sensitive)?.name ?? null,
    fields: fields
      .filter(({ sensitive }) => !sensitive)
      .map(({ name: field, type, tsType, nullable }) => ({
        name: field,
        field_type: type,
        python_type: tsType,
        nullable,
      })),
  }))
  return { models: listed, count: listed.length, version: protocolLevel }
}
