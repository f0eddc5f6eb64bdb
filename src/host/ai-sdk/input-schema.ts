import { isRecord, type JsonObject } from '../../lib/json.ts'
import type { AnySchema, StandardResult, StandardSchema } from '../../lib/standard-schema.ts'

const noInput: JsonObject = { type: 'object', properties: {}, additionalProperties: false }

/**
 * Returns the input of a tool as `defineTool` takes it: zod and Standard Schemas as they are, and the `jsonSchema()` and
 * `zodSchema()` of the AI SDK as what they hold.
 *
 * @throws TypeError for a schema whose JSON Schema is loaded later.
 */
export function toSchema(given: unknown): AnySchema {
  const isLazy = typeof given === 'function' && !('~standard' in given)
  const schema: unknown = isLazy ? (given as () => unknown)() : given
  if (schema === undefined || schema === null) return noInput
  if (!isRecord(schema) || !('jsonSchema' in schema) || !('validate' in schema)) {
    return schema as AnySchema // checked by `defineTool`
  }
  const { jsonSchema, validate } = schema
  if (!isRecord(jsonSchema) || 'then' in jsonSchema) {
    throw new TypeError('needs an inputSchema whose JSON Schema is there when the agent is made')
  }
  if (typeof validate !== 'function') return jsonSchema as JsonObject
  return toStandard(jsonSchema as JsonObject, (value) => Reflect.apply(validate, schema, [value]))
}

function toStandard(
  jsonSchema: JsonObject,
  validate: (value: unknown) => unknown,
): StandardSchema & { readonly '~standard': { readonly jsonSchema: object } } {
  return {
    '~standard': {
      version: 1,
      vendor: 'ai',
      jsonSchema: { input: () => jsonSchema },
      validate: async (value): Promise<StandardResult<unknown>> => {
        const result = await validate(value)
        if (isRecord(result) && result['success'] === true) return { value: result['value'] }
        const error = isRecord(result) ? result['error'] : null
        return { issues: [{ message: error instanceof Error ? error.message : 'does not fit' }] }
      },
    },
  }
}
