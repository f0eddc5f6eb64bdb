import postgres from 'postgres'
import { defineProject, type Resource, Studio } from '../src/index.ts'
import { databaseModels, postgresDatabase } from '../src/postgres.ts'
import { watchLoop } from './support/watch-loop.ts'

/** What a process with one resource per table measured. Times in milliseconds, memory in megabytes. */
export interface ScaleFinding {
  readonly what: string
  readonly ms: number
  /** How long it may take; null if there is no limit. */
  readonly limit: number | null
  /** The longest block of the event loop meanwhile: as long as it lasted, and the processor time in it. */
  readonly blocked: number
  readonly blockedCpu: number
  readonly bytes: number
  readonly status: number
  /** The peak of the process so far, in megabytes. */
  readonly rss: number
}

/** What the process prints. */
export interface ScaleReport {
  readonly findings: readonly ScaleFinding[]
  /** The longest block of the event loop by a refresh while nothing changed. */
  readonly refresh: { readonly blocked: number; readonly blockedCpu: number; readonly cpu: number }
  readonly peakRss: number
}

const schemas = Array.from({ length: 20 }, (_, index) => `s${index}`)

/** Serves a schema of `createBigSchema` with resources for its first tables, whose routes an OpenAPI document lists. */
function openStudio(url: string, count: number) {
  const sql = postgres(url, { max: 4, onnotice: () => undefined })
  const resources = Array.from({ length: count }, (_, index): Resource => {
    return { model: `T${index}`, prefix: `/api/t${index}` }
  })
  const paths = Object.fromEntries(
    resources.flatMap(({ prefix }) => [
      [prefix, { get: { summary: `List ${prefix}` }, post: {} }],
      [`${prefix}/{id}`, { get: {}, patch: {}, delete: {} }],
    ]),
  )
  const project = defineProject({
    name: 'Big',
    apps: [{ label: 'big', models: databaseModels({ schemas }) }],
    resources,
    routes: [{ paths }],
    app: () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
  })
  const studio = new Studio([], { project, database: postgresDatabase(sql) })
  return { studio, close: () => studio.close().then(() => sql.end({ timeout: 1 })) }
}

/** Reads an answer piece by piece, as a server does. */
async function ask(studio: Studio, path: string, etag = '') {
  const headers = { 'if-none-match': etag }
  const response = await studio.fetch(new Request(`http://studio.test${path}`, { headers }))
  let bytes = 0
  for await (const chunk of response.body ?? []) bytes += (chunk as Uint8Array).length
  return { status: response.status, bytes, etag: response.headers.get('etag') ?? '' }
}

async function measure(
  { what, limit }: Pick<ScaleFinding, 'what' | 'limit'>,
  run: () => Promise<{ readonly status: number; readonly bytes: number }>,
): Promise<ScaleFinding> {
  const stop = watchLoop()
  const start = performance.now()
  const { status, bytes } = await run()
  const ms = performance.now() - start
  const { blocked, blockedCpu } = await stop()
  return { what, ms, limit, blocked, blockedCpu, bytes, status, rss: peakRss() }
}

function peakRss(): number {
  return process.resourceUsage().maxRSS / 1_024
}

/** Polls the handshake for some seconds, so that each poll starts a refresh. */
async function measureRefresh(studio: Studio, rounds: number) {
  const { etag } = await ask(studio, '/studio/handshake')
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1_300))
  await pause()
  const before = process.cpuUsage()
  const stop = watchLoop()
  for (let round = 0; round < rounds; round++) {
    const { status } = await ask(studio, '/studio/handshake', etag)
    if (status !== 304) throw new Error(`The handshake returned ${status}, but nothing has changed`)
    await pause()
  }
  const { blocked, blockedCpu } = await stop()
  const { user, system } = process.cpuUsage(before)
  return { blocked, blockedCpu, cpu: (user + system) / 1_000 / rounds }
}

/** Measures a database with as many resources as `count` says, and prints a `ScaleReport`. */
async function measureScale(url: string, count: number, rounds: number): Promise<void> {
  const { studio, close } = openStudio(url, count)
  const findings: ScaleFinding[] = []
  const note = async (path: string, what: string, limit: number | null, etag = '') => {
    let answered = ''
    const run = async () => {
      const answer = await ask(studio, path, etag)
      answered = answer.etag
      return answer
    }
    findings.push(await measure({ what: `${path}, ${what}`, limit }, run))
    return answered
  }
  void new Request('http://studio.test') // Node loads what a request needs; a server has done so
  await note('/studio/handshake', `first, ${count} resources`, null)
  for (const path of ['/ai/schema/health', '/ai/tools', '/ai/context/full']) {
    const etag = await note(path, 'first', 1_500)
    for (const what of ['again', 'once more']) await note(path, what, 100)
    for (const what of ['If-None-Match', 'If-None-Match once more']) await note(path, what, 5, etag)
  }
  const refresh = await measureRefresh(studio, rounds)
  const report: ScaleReport = { findings, refresh, peakRss: peakRss() }
  console.log(JSON.stringify(report))
  await close()
}

const [url = '', count = '0', rounds = '3'] = process.argv.slice(2)
await measureScale(url, Number(count), Number(rounds))
