import type { StreamedEvent } from '../../../src/client.ts'
import { widths } from './support-studio.ts'

const runId = '5d1c9a52-6f0b-4d6e-9c0a-1b2c3d4e5f60'
const usage = {
  inputTokens: 1,
  outputTokens: 1,
  totalTokens: 2,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}
const trace = { traceId: 'a'.repeat(32), observationId: 'b'.repeat(16) }

/** The events of the run that the faulty servers stream. */
export const faultEvents = [
  { type: 'turn_start', turn: 1, seq: 0 },
  { type: 'text_delta', turn: 1, delta: widths, seq: 1 },
  { type: 'text_delta', turn: 1, delta: '.', seq: 2 },
  { type: 'final', runId, output: `${widths}.`, messages: [], usage, trace, seq: 3 },
] as unknown as readonly StreamedEvent[]

const bytesAfter = (after: number) =>
  new TextEncoder().encode(
    faultEvents
      .slice(after + 1)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  )

/** How many bytes the stream has. */
export const faultBytes = bytesAfter(-1).length

const page = (status: number, headers = {}) =>
  new Response('<!doctype html><html><body>Bad gateway</body></html>', {
    status,
    headers: { 'content-type': 'text/html', ...headers },
  })

const streamed = { 'content-type': 'application/x-ndjson; charset=utf-8' }
const located = { ...streamed, location: `/studio/runs/${runId}` }
const ndjson = (body: BodyInit, headers: HeadersInit) => new Response(body, { headers })
const heartbeat = new TextEncoder().encode('{"type":"ping"}\n')
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A body that gives these bytes, and then is cut off or stays silent. */
function broken(bytes: Uint8Array, isSilent = false): ReadableStream<Uint8Array> {
  let isSent = false
  return new ReadableStream({
    async pull(controller) {
      if (isSent) return isSilent ? new Promise(() => undefined) : controller.error(cut)
      isSent = true
      if (bytes.length > 0) return controller.enqueue(bytes)
      if (!isSilent) controller.error(cut)
    },
  })
}
const cut = new TypeError('cut off')

function beating(times: number): ReadableStream<Uint8Array> {
  let beats = 0
  return new ReadableStream({
    async pull(controller) {
      if (beats++ === times) return controller.error(cut)
      await sleep(100)
      controller.enqueue(beats === 1 ? bytesAfter(-1).slice(0, 40) : heartbeat)
    },
  })
}

/** What one server answers: to the request that creates the run, then to each that follows it. */
interface Fault {
  create(argument: number): Response | Promise<Response>
  follow(count: number, after: number): Response | Promise<Response>
}

const rest = (_count: number, after: number) => ndjson(bytesAfter(after), streamed)

const faults: Readonly<Record<string, Fault>> = {
  page: { create: () => page(200), follow: () => page(200) },
  gateway: { create: () => page(502), follow: () => page(502) },
  cut: {
    create: (at) => ndjson(broken(bytesAfter(-1).slice(0, at)), located),
    follow: rest,
  },
  outage: {
    create: () => ndjson(broken(bytesAfter(-1).slice(0, 60)), located),
    follow: (count, after) => {
      if (count === 1) return page(502)
      if (count === 2) return page(404)
      if (count === 3) return page(200)
      const error = { code: 'unavailable', message: 'The runtime is shutting down' }
      if (count === 4) return Response.json({ error }, { status: 503 })
      return rest(count, after)
    },
  },
  silent: {
    create: () => new Promise(() => undefined),
    follow: () => new Promise(() => undefined),
  },
  quiet: {
    create: () => ndjson(broken(bytesAfter(-1).slice(0, 60), true), located),
    follow: rest,
  },
  mute: {
    create: () => ndjson(broken(bytesAfter(-1).slice(0, 60), true), located),
    follow: () => ndjson(broken(new Uint8Array(), true), streamed),
  },
  beating: { create: (times) => ndjson(beating(times), located), follow: rest },
  nameless: { create: () => ndjson(broken(bytesAfter(-1).slice(0, 60)), streamed), follow: rest },
  again: {
    create: () => ndjson(broken(bytesAfter(-1).slice(0, 60)), located),
    follow: (count) =>
      ndjson(count < 3 ? broken(bytesAfter(-1).slice(0, -9)) : bytesAfter(-1), streamed),
  },
  leaving: {
    create: () =>
      Response.json(
        { error: { code: 'unavailable', message: 'The runtime is shutting down' } },
        { status: 503, headers: { location: `/studio/runs/${runId}` } },
      ),
    follow: rest,
  },
}

const counts = new Map<string, number>()

/**
 * Answers as a server with a fault does, or a proxy in front of it: below `/faults/<fault>/<argument>/<id>`, where the id
 * tells clients apart. `…/posts` answers how many runs were started.
 */
export async function answerFault(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url)
  const [, , name = '', argument = '', id = '', ...path] = pathname.split('/')
  const fault = faults[name]
  if (!fault) return page(404)
  if (path[0] === 'posts') return Response.json({ posts: counts.get(`${id} create`) ?? 0 })
  const kind = request.method === 'POST' ? 'create' : 'follow'
  const count = (counts.get(`${id} ${kind}`) ?? 0) + 1
  counts.set(`${id} ${kind}`, count)
  if (kind === 'create') return fault.create(Number(argument))
  return fault.follow(count, Number(searchParams.get('after') ?? -1))
}
