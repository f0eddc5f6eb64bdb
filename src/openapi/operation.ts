import { type ErrorCode, errorStatus } from '../errors.ts'
import { errorsOf } from '../http/route-errors.ts'
import type { LazySchema, Route } from '../http/route.ts'
import { bodyExamples } from './body-examples.ts'
import type { Components, JsonSchema } from './components.ts'
import { errorAnswer } from './error-answer.ts'
import { describeHeader, describeParameter } from './parameters.ts'

interface Answered {
  readonly description: string
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

type Responses = Record<string, Answered>

/** Describes one route as an operation of OpenAPI. */
export async function toOperation(
  route: Route,
  components: Components,
  secured: boolean,
): Promise<object> {
  const { operationId, tags, summary, headers = [] } = route
  const parameters = [
    ...toPathParameters(route),
    ...toQueryParameters(route, components),
    ...headers.map((name) => ({ name, in: 'header', ...describeHeader(name) })),
  ]
  const body = (await route.bodyShape?.()) ?? route.body
  return {
    operationId,
    tags,
    summary: withoutFullStop(summary),
    description: toDescription(route),
    ...(secured ? { security: route.open ? [] : [{ bearer: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: toRequestBody(route, components.add(body, 'input')) } : {}),
    responses: await toResponses(route, components),
  }
}

function withoutFullStop(summary: string): string {
  return summary.replace(/\.$/, '')
}

function toDescription({ summary, capability }: Route): string {
  const text = /[.?!]$/.test(summary) ? summary : `${summary}.`
  return capability ? `${text} Needs the capability \`${capability}\`.` : text
}

function toPathParameters({ path }: Route): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, ...describeParameter('path', name) }
  })
}

function toQueryParameters({ query }: Route, components: Components): object[] {
  if (!query) return []
  const { properties = {}, required = [] } = components.add(query, 'input')
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, parsed]) => {
    const { description: _, ...own } = parsed
    const isRequired = (required as readonly string[]).includes(name)
    return { name, in: 'query', required: isRequired, ...describeParameter('query', name, own) }
  })
}

function toRequestBody({ operationId = '' }: Route, schema: JsonSchema): object {
  const examples = bodyExamples[operationId]
  return {
    required: true,
    content: { 'application/json': { schema, ...(examples ? { examples } : {}) } },
  }
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'It was created.',
  202: 'It was accepted, and goes on.',
  204: 'Done. There is no body.',
  400: 'The message is not valid.',
  404: 'The message names a method that this server does not have.',
  406: 'The `Accept` header lacks `application/json` or `text/event-stream`.',
  503: 'The answer, of a project that is not well.',
}

/** Describes the answers of a route by status, errors included. */
export async function toResponses(
  route: Route,
  components: Components,
): Promise<Record<string, object>> {
  const { answer, answers = {}, stream, etag, text } = route
  const bodies: [string, LazySchema | null][] = Object.entries(answers)
  const responses: Responses = {}
  if (answer || stream) responses['200'] = await toSuccess(route, components)
  if (text)
    responses['200'] = {
      description: 'A text.',
      content: { [text]: { schema: { type: 'string' } } },
    }
  for (const [status, schema] of bodies) {
    responses[status] = {
      description: statusTexts[Number(status)] ?? '',
      ...(schema ? { content: toJsonContent(components.add(await schema(), 'output')) } : {}),
    }
  }
  if (etag) responses['304'] = { description: 'The answer is still what `If-None-Match` names.' }
  return { ...responses, ...toErrors(errorsOf(route), responses, components) }
}

async function toSuccess({ answer, stream }: Route, components: Components): Promise<Answered> {
  const content: Record<string, { readonly schema: JsonSchema }> = answer
    ? toJsonContent(components.add(await answer(), 'output'))
    : {}
  if (stream) {
    const schema = components.add(await stream.event(), 'output')
    for (const media of stream.media) content[media] = { schema }
  }
  return { description: 'The answer.', content }
}

function toJsonContent(schema: JsonSchema): Record<string, { readonly schema: JsonSchema }> {
  return { 'application/json': { schema } }
}

/** Several codes can share a status, and a status can have an answer of its own beside the error. */
function toErrors(
  codes: readonly ErrorCode[],
  answered: Responses,
  components: Components,
): Record<string, object> {
  const byStatus = new Map<number, ErrorCode>()
  for (const code of codes) {
    if (!byStatus.has(errorStatus[code])) byStatus.set(errorStatus[code], code)
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b)
  return Object.fromEntries(
    sorted.map(([status, code]) => {
      const own = answered[status]
      return [status, own ? withError(own, components) : toReference(code)]
    }),
  )
}

function toReference(code: ErrorCode): object {
  return { $ref: `#/components/responses/${code}` }
}

/** Adds the error to an answer that has the same status. */
function withError({ description, content }: Answered, components: Components): Answered {
  const schema = content?.['application/json']?.schema
  const error = components.add(errorAnswer, 'output')
  return { description, content: toJsonContent(schema ? { anyOf: [schema, error] } : error) }
}
