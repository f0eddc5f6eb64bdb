import { z } from 'zod'
import type { JsonObject } from '../../lib/json.ts'
import { lookupNames } from './filter.ts'
import { queryRequestSchema } from './plan.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'

/** The JSON Schema of what `POST /ai/query/execute` takes. */
export function toPlanSchema(): JsonObject {
  return z.toJSONSchema(queryRequestSchema, { io: 'input', unrepresentable: 'any' }) as JsonObject
}

/** What `POST /ai/query/plan/schema` answers (contract introspection.md 4.4). */
export function describePlan() {
  return { schema: toPlanSchema(), supported_lookups: lookupNames, version: protocolLevel }
}

/** What `GET /ai/query/models` answers (contract introspection.md 4.4): models with the fields a plan may name. */
export function listQueryModels({ models }: Snapshot) {
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
