import { expect, it } from 'vitest'
import { resourceTools } from '../../../src/introspection/tools/resource-tools.ts'
import { atOnce } from '../../../src/lib/steps/turns.ts'
import { operationFinder } from '../../../src/introspection/tools/operations.ts'
import type { Field } from '../../../src/project/model.ts'

const field = (name: string, type: string): Field => ({
  name,
  column: name,
  type,
  tsType: type === 'integer' ? 'number' : 'string',
  nullable: false,
  primaryKey: name === 'id',
  unique: false,
  indexed: false,
  default: null,
  maxLength: null,
  description: null,
  sensitive: false,
})

it('Tools share the schemas of equal fields, so that their number hardly counts in memory', () => {
  const models = Array.from({ length: 50 }, (_, index) => ({
    app: 'shop',
    name: `Model${index}`,
    table: `model_${index}`,
    schema: null,
    description: null,
    relations: [],
    fields: [field('id', 'integer'), field('count', 'integer'), field('title', 'text')],
  }))
  const resources = models.map(({ name }) => ({ model: name, prefix: `/${name}` }))
  const operationsOf = atOnce(operationFinder([]))
  const tools = [...resourceTools({ models, resources }, operationsOf)].flat()
  expect(tools.length).toBe(250)
  const schemas = tools.flatMap(({ input, does }) =>
    does === 'create' || does === 'update' ? Object.values(input['properties'] ?? {}) : [],
  )
  expect(schemas.length).toBe(250)
  expect(new Set(schemas.filter((schema) => JSON.stringify(schema).includes('integer'))).size).toBe(
    2, // one for all fields, and one for all keys
  )
})
