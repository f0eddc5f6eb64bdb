import { type ErrorCode, errorStatus } from '../errors.ts'
import { errorsOf } from '../http/route-errors.ts'
import type { LazySchema, Route } from '../http/route.ts'
import type { Components, JsonSchema } from './components.ts'

type Responses = Record<string, object>

/** Describes one route as an operation of OpenAPI. */
export async function toOperation(
  route: Route,
  components: Components,
  secured: boolean,
): Promise<object> {
  const { operationId, tags, summary, body, headers = {} } = route
  const parameters = [
    ...toPathParameters(route),
    ...toQueryParameters(route, components),
    ...Object.entries(headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ]
  return {
    operationId,
    tags,
    summary: withoutFullStop(summary),
    description: toDescription(route),
    ...(secured ? { security: route.open ? [] : [{ bearer: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: toRequestBody(components.add(body, 'input')) } : {}),
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
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: `The ${name.replace(/([A-Z])/g, ' $1').toLowerCase()}.`,
    schema: { type: 'string' },
  }))
}

function toQueryParameters({ query }: Route, components: Components): object[] {
  if (!query) return []
  const { properties = {}, required = [] } = components.add(query, 'input')
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => {
    const { description, ...rest } = schema
    return {
      name,
      in: 'query',
      required: (required as readonly string[]).includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    }
  })
}

function toRequestBody(schema: JsonSchema): object {
  return { required: true, content: { 'application/json': { schema } } }
}

const statusTexts: Readonly<Record<number, string>> = {
  200: 'The answer.',
  201: 'It was created.',
  202: 'It was accepted, and goes on.',
  204: 'Done. There is no body.',
  503: 'The answer, of a project that is not well.',
}

async function toResponses(route: Route, components: Components): Promise<Responses> {
  const { answer, answers = {}, stream, etag } = route
  const bodies: [string, LazySchema | null][] = Object.entries(answers)
  const responses: Responses = {}
  if (answer || stream) responses['200'] = await toSuccess(route, components)
  for (const [status, schema] of bodies) {
    responses[status] = {
      description: statusTexts[Number(status)],
      ...(schema ? { content: toJsonContent(components.add(await schema(), 'output')) } : {}),
    }
  }
  if (etag) responses['304'] = { description: 'The answer is still what `If-None-Match` names.' }
  return { ...responses, ...toErrors(errorsOf(route), responses) }
}

async function toSuccess({ answer, stream }: Route, components: Components): Promise<object> {
  const content: Record<string, object> = answer
    ? toJsonContent(components.add(await answer(), 'output'))
    : {}
  if (stream) {
    const schema = components.add(await stream.event(), 'output')
    for (const media of stream.media) content[media] = { schema }
  }
  return { description: 'The answer.', content }
}

function toJsonContent(schema: JsonSchema): Record<string, object> {
  return { 'application/json': { schema } }
}

/** Several codes can share a status, and a status can have an answer of its own beside the error. */
function toErrors(codes: readonly ErrorCode[], answered: Responses): Responses {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of codes) {
    const status = errorStatus[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const sorted = [...byStatus].sort(([a], [b]) => a - b)
  return Object.fromEntries(
    sorted
      .filter(([status]) => !(status in answered))
      .map(([status, [code]]) => [status, { $ref: `#/components/responses/${code}` }]),
  )
}
