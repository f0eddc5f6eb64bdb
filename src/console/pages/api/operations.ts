import { toTest } from '../../app/words.ts'
import type { OpenApiDocument, OpenApiOperation } from '../../../client.ts'

/** One method of one path. */
export interface ApiRoute {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly operation: OpenApiOperation
}

const methods = ['get', 'post', 'put', 'patch', 'delete']

/** Lists the routes of a document in its order. */
export function listRoutes({ paths }: OpenApiDocument): ApiRoute[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => methods.includes(method))
      .map(([method, operation]) => ({
        id: operation.operationId ?? `${method} ${path}`,
        method: method.toUpperCase(),
        path,
        tag: operation.tags?.[0] ?? '',
        operation,
      })),
  )
}

/** Finds the routes that hold every word. */
export function searchRoutes(routes: readonly ApiRoute[], search: string): ApiRoute[] {
  const test = toTest(search)
  return routes.filter(({ id, method, path, tag, operation }) =>
    test(`${id} ${method} ${path} ${tag} ${operation.summary ?? ''}`),
  )
}

type JsonNode = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is JsonNode => typeof value === 'object' && value !== null

/** Follows a reference such as `#/components/schemas/Run`, one step deep. */
export function resolve(document: OpenApiDocument, node: unknown): unknown {
  const reference = isNode(node) ? node['$ref'] : undefined
  if (typeof reference !== 'string') return node
  const names = reference.replace(/^#\//, '').split('/')
  return names.reduce<unknown>((at, name) => (isNode(at) ? at[name] : undefined), document)
}

/** Returns the schema and the first example of a body in JSON. */
export function readBody(body: unknown): { readonly schema?: unknown; readonly example?: unknown } {
  const content = isNode(body) && isNode(body['content']) ? body['content'] : {}
  const json = content['application/json']
  if (!isNode(json)) return {}
  const [first] = isNode(json['examples']) ? Object.values(json['examples']) : []
  return { schema: json['schema'], example: isNode(first) ? first['value'] : undefined }
}

/** Lists the answers by status: what they say, and the name of their schema. */
export function listAnswers(document: OpenApiDocument, { responses }: OpenApiOperation) {
  return Object.entries(responses).map(([status, given]) => {
    const answer = resolve(document, given)
    const node = isNode(answer) ? answer : {}
    const { schema } = readBody(node)
    const reference = isNode(schema) ? schema['$ref'] : undefined
    return {
      status,
      description: String(node['description'] ?? ''),
      schemaName: typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : '',
      schema: resolve(document, schema),
    }
  })
}
