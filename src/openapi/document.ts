import { type ErrorCode, errorStatus } from '../errors.ts'
import type { Route } from '../http/route.ts'
import type { JsonObject } from '../lib/json.ts'
import { library } from '../library.ts'
import { createComponents } from './components.ts'
import { errorAnswer } from './error-answer.ts'
import { toOperation, toResponses } from './operation.ts'
import { tags } from './tags.ts'

/** What a document says besides the routes. */
export interface DocumentOptions {
  /** The prefix that clients see; empty without one. */
  readonly publicPath: string
  /** Whether the operations need a token. */
  readonly secured: boolean
}

/**
 * Describes routes as an OpenAPI 3.1 document. Paths, operations and schemas are in the order of the routes, so that the
 * same routes give the same text.
 */
export async function createDocument(
  routes: readonly Route[],
  { publicPath, secured }: DocumentOptions,
): Promise<JsonObject> {
  const components = createComponents()
  for (const route of routes) await toResponses(route, components) // before what clients send
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = (paths[route.path.replace(/:(\w+)/g, '{$1}')] ??= {})
    path[route.method.toLowerCase()] = await toOperation(route, components, secured)
  }
  const error = components.add(errorAnswer, 'output')
  const used = new Set(JSON.stringify(paths).match(/(?<=#\/components\/responses\/)\w+/g))
  const codes = (Object.keys(errorStatus) as ErrorCode[]).filter((code) => used.has(code))
  const isNamed = (name: string) => routes.some((route) => route.tags?.some((tag) => tag === name))
  const document: object = {
    openapi: '3.1.0',
    info: {
      title: library.name,
      version: library.version,
      description: 'Introspection of a running project, and runs of its AI agents.',
      contact: { name: library.name, url: 'https://github.com/fetch-studio/fetch-studio' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: publicPath || '/' }],
    tags: tags.filter(({ name }) => isNamed(name)),
    paths,
    components: {
      schemas: components.list(),
      responses: Object.fromEntries(
        codes.map((code) => [
          code,
          { description: descriptions[code], content: { 'application/json': { schema: error } } },
        ]),
      ),
      ...(secured ? { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  }
  return document as JsonObject
}

const descriptions: Readonly<Record<ErrorCode, string>> = {
  bad_request: 'The path, the query or the body is not valid. `details` lists every fault.',
  unauthorized: 'The token is missing or unknown.',
  forbidden: 'The host, the origin or the capability is not allowed.',
  not_found: 'The path names nothing that the caller may see.',
  method_not_allowed: 'The path has no such method.',
  conflict: 'The state of the resource does not allow this.',
  gone: 'What the path names existed, and is deleted for good.',
  payload_too_large: 'The body is larger than the limit.',
  unsupported_media_type: 'The body is not `application/json`.',
  unprocessable: 'The body is well formed, and what it asks for cannot be done.',
  rate_limited: 'A limit of this deployment is reached. `Retry-After` says when to ask again.',
  internal_error: 'Something failed inside. The answer does not say what.',
  unsupported_capability: 'This deployment does not keep what the route shows.',
  unavailable:
    'A part, such as the database, does not answer. `Retry-After` says when to ask again.',
}
