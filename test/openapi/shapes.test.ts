import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  fullStudio,
  type JsonSchema,
  makeDocument,
  type OpenApiDocument,
} from '../../scripts/openapi/make-document.ts'
import { z } from 'zod'

/** What may hold anything, and why no shape exists. */
const allowed = [
  '#Json<1>[]', // a list of any JSON; a reference would be a type that refers to itself
  '#StudioHandshake.metadata{}', // an open map in the protocol
]

/** Says nothing about a value. */
const silent: ReadonlySet<string> = new Set(['description', 'title', 'default', 'example'])

/** Lists the places of a schema that say nothing about their value. */
function findUnknown(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [path]
  const { properties = {}, items, additionalProperties, type, $ref, ...rest } = schema as JsonSchema
  if ($ref !== undefined) return []
  if (type === undefined && Object.keys({ ...rest }).every((key) => silent.has(key))) {
    if (items === undefined && Object.keys(properties as object).length === 0) return [path]
  }
  const members = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((key) =>
    ((rest[key] ?? []) as unknown[]).flatMap((member, index) =>
      findUnknown(member, `${path}<${index}>`),
    ),
  )
  const isMap = additionalProperties !== undefined && additionalProperties !== false
  const isBare = type === 'object' && schema && !('properties' in schema) && !isMap
  return [
    ...Object.entries(properties as object).flatMap(([name, member]) =>
      findUnknown(member, `${path}.${name}`),
    ),
    ...(type === 'array' && !rest['prefixItems'] ? findUnknown(items, `${path}[]`) : []),
    ...(isMap
      ? findUnknown(additionalProperties === true ? {} : additionalProperties, `${path}{}`)
      : []),
    ...(isBare ? [`${path}{}`] : []),
    ...members,
  ]
}

describe('the shapes of GET /openapi.json', () => {
  let document: OpenApiDocument
  let operations: { title: string; operation: OpenApiDocument['paths'][string][string] }[]
  const ajv = new Ajv2020({ strict: false, validateFormats: false })

  beforeAll(async () => {
    document = await makeDocument()
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        title: `${method} ${path}`,
        operation,
      })),
    )
    ajv.addSchema(document, 'openapi')
  })

  /** Lists how a value differs from a schema of the document. */
  const faultsOf = (schema: JsonSchema, value: unknown): string[] => {
    const absolute = JSON.parse(
      JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components'),
    ) as JsonSchema
    return ajv.validate(absolute, value) ? [] : [ajv.errorsText()]
  }

  it('leave nothing unknown in bodies, answers, events and parameters, except what is allowed by name', () => {
    const found = [
      ...Object.entries(document.components.schemas).flatMap(([name, schema]) =>
        findUnknown(schema, `#${name}`),
      ),
      ...operations.flatMap(({ title, operation: { parameters = [], requestBody, responses } }) => [
        ...parameters.flatMap(({ name, schema }) => findUnknown(schema, `${title} ?${name}`)),
        ...Object.entries(requestBody?.content ?? {}).flatMap(([media, { schema }]) =>
          findUnknown(schema, `${title} ${media}`),
        ),
        ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
          Object.entries(content).flatMap(([media, { schema }]) =>
            findUnknown(schema, `${title} ${status} ${media}`),
          ),
        ),
      ]),
    ]
    expect(found).toEqual(allowed)
  })

  it('describe each parameter, with an example that its schema accepts', () => {
    const parameters = operations.flatMap(({ title, operation }) =>
      (operation.parameters ?? []).map((parameter) => ({ title, ...parameter })),
    )
    expect(parameters.length).toBeGreaterThan(50)
    const undescribed = parameters.filter(({ description }) => !description)
    expect(undescribed.map(({ title, name }) => `${title} ${name}`)).toEqual([])
    const faults = parameters.flatMap(({ title, name, schema, example }) =>
      faultsOf(schema, example).map((fault) => `${title} ${name}: ${fault}`),
    )
    expect(faults).toEqual([])
  })

  it('have examples of each body that the document and the parser accept', async () => {
    const bodies = operations.filter(({ operation }) => operation.requestBody)
    expect(bodies.length).toBeGreaterThan(8)
    for (const { title, operation } of bodies) {
      const { schema, examples = {} } = operation.requestBody?.content['application/json'] ?? {
        schema: {},
      }
      expect([title, Object.keys(examples).length]).not.toEqual([title, 0])
      const route = fullStudio.routes.find((one) => one.operationId === operation.operationId)
      const parser = (await route?.bodyShape?.()) ?? route?.body ?? z.never()
      for (const [name, { value }] of Object.entries(examples)) {
        expect([title, name, ...faultsOf(schema, value)]).toEqual([title, name])
        expect([title, name, parser.safeParse(value).error]).toEqual([title, name, undefined])
      }
    }
  })

  it('say the same of a body with defaults as the parser: a filter needs no lookup', () => {
    const { schemas } = document.components
    const plan = { model: 'Order', filters: [{ field: 'id', value: 1 }] }
    expect(faultsOf(schemas['QueryRequest'] ?? {}, plan)).toEqual([])
    expect(faultsOf(schemas['QueryPlan'] ?? {}, plan)).not.toEqual([])
  })
})
