// Setup of every test file: each answer of each test is checked against the schema that its route advertises, and each event of
// a stream against the union of events. A key that the schema does not know is a failure too.
import { afterEach, expect, vi } from 'vitest'
import { z } from 'zod'
import { StudioError } from '../../src/errors.ts'
import { errorsOf } from '../../src/http/route-errors.ts'
import type { LazySchema, Route } from '../../src/http/route.ts'
import { isMutating, mutateAnswer } from './answer-mutation.ts'

const violations: string[] = []

afterEach(() => {
  const found = violations.splice(0)
  if (found.length > 0) throw new Error(`Answers differ from their schemas:\n${found.join('\n')}`)
})

vi.mock(import('../../src/http/pipeline.ts'), async (load) => {
  const { createPipeline } = await load()
  return {
    createPipeline: (options) =>
      createPipeline({ ...options, routes: options.routes.map(checkRoute) }),
  }
})

/** Returns the route with a handler that checks what it answers. */
function checkRoute(route: Route): Route {
  if (!route.answer && !route.answers) return route
  const { check: checkPath } = route
  return {
    ...route,
    ...(checkPath
      ? {
          check: (params, exchange) =>
            checkError(route, async () => checkPath.call(route, params, exchange)),
        }
      : {}),
    async handle(input, exchange) {
      const answer = await mutate(
        route,
        await checkError(route, async () => route.handle(input, exchange)),
      )
      if (!(answer instanceof Response)) {
        await check(route, 200, route.answer, answer)
        return answer
      }
      return checkResponse(route, answer)
    },
  }
}

/** Applies the change of `npm run mutate:answers` to JSON. */
async function mutate(route: Route, answer: unknown): Promise<unknown> {
  if (!isMutating) return answer
  const file = expect.getState().testPath ?? ''
  const seen = async (status: number) => {
    const schema = await (status === 200 ? route.answer : route.answers?.[status as 201])?.()
    return schema && { route: route.name, file, schema }
  }
  if (!(answer instanceof Response)) {
    const place = await seen(200)
    return place ? mutateAnswer(place, answer) : answer
  }
  const { status, headers } = answer
  const place = await seen(status)
  if (!place || !headers.get('content-type')?.includes('application/json')) return answer
  const body = mutateAnswer(place, await answer.json())
  return new Response(JSON.stringify(body), { status, headers })
}

/** Checks the code of an error that the handler throws for clients. */
async function checkError<T>(route: Route, handle: () => Promise<T>): Promise<T> {
  try {
    return await handle()
  } catch (error) {
    if (error instanceof StudioError && !errorsOf(route).includes(error.code)) {
      report(route, `${error.code} is not advertised`)
    }
    throw error
  }
}

async function checkResponse(route: Route, response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  if (type.includes('ndjson') || type.includes('event-stream')) return checkStream(route, response)
  const { status } = response
  if (status >= 400 && !route.answers?.[status as 503]) return response // an error of the protocol behind the route
  const schema = status === 200 ? route.answer : route.answers?.[status as 201]
  if (response.body === null) {
    if (status === 304 && route.etag) return response
    if (status !== 200 && schema !== null)
      report(route, `${status} without a body is not advertised`)
    return response
  }
  if (type.includes('application/json'))
    await check(route, status, schema, await response.clone().json())
  return response
}

async function check(
  route: Route,
  status: number,
  schema: LazySchema | null | undefined,
  answer: unknown,
): Promise<void> {
  if (!schema) return report(route, `${status} is not advertised`)
  const fault = findFault(await schema(), JSON.parse(JSON.stringify(answer)))
  if (fault !== null) report(route, `${status}: ${fault}`)
}

/** Returns how JSON differs from its schema. A schema drops the keys that it does not know, so they show as a difference. */
function findFault(schema: z.ZodType, json: unknown): string | null {
  const parsed = schema.safeParse(json)
  if (!parsed.success) return z.prettifyError(parsed.error)
  const path = findDifference(json, parsed.data)
  return path === null ? null : `${path || 'the answer'} is not in the schema`
}

/** Returns the path of the first member in which two JSON values differ, or null. */
function findDifference(sent: unknown, known: unknown, path = ''): string | null {
  if (!isObject(sent) || !isObject(known)) return Object.is(sent, known) ? null : path
  const keys = new Set([...Object.keys(sent), ...Object.keys(known)])
  for (const key of keys) {
    const inner = `${path}${path && '.'}${key}`
    if (key in sent !== key in known) return inner
    const difference = findDifference(sent[key], known[key], inner)
    if (difference !== null) return difference
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Passes a stream on as it is read, and checks its lines. */
function checkStream(route: Route, response: Response): Response {
  const { stream } = route
  if (!stream || !response.body) {
    if (!stream) report(route, 'a stream is not advertised')
    return response
  }
  const media = response.headers.get('content-type')?.split(';')[0] ?? ''
  if (!stream.media.some((known) => known === media)) report(route, `${media} is not advertised`)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  const checkText = async (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) await checkLine(route, line)
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) return controller.close()
        await checkText(decoder.decode(value, { stream: true }))
        controller.enqueue(value)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: response.status, headers: response.headers })
}

async function checkLine({ stream, ...route }: Route, line: string): Promise<void> {
  const json = line.startsWith('{') ? line : /^data: (\{.*)$/.exec(line)?.[1]
  if (json === undefined || !stream) return
  const fault = findFault(await stream.event(), JSON.parse(json))
  if (fault !== null) report(route, `event ${json.slice(0, 200)}: ${fault}`)
}

function report({ name }: Pick<Route, 'name'>, fault: string): void {
  violations.push(`${name}: ${fault}`)
}
