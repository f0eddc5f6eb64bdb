import v8 from 'node:v8'
import vm from 'node:vm'
import type { CampaignOptions, CampaignResult } from './campaign.ts'
import { canary } from './faults/unruly.ts'
import { createRequestDraws } from './hostile/requests.ts'
import { converse, drawConversation } from './hostile/sockets.ts'
import { foreignText, startTarget, type Target } from './hostile/target.ts'
import { createRandom, type Random } from './random.ts'

/** The time limit of an answer, in milliseconds. */
const answerMs = 5_000

/** How many cases run at the same time. */
const width = 8

interface Progress {
  readonly violations: Set<string>
  readonly counts: Map<string, number>
}

/**
 * Sends malformed requests to every route of both modules, to MCP and to tools, in process and over sockets. `rounds` is
 * the number of cases. A violation is a 500, an answer that takes 5 seconds, a secret, data of another tenant, an error
 * that nobody handled, or a heap that has grown.
 */
export async function runHostileCampaign({
  rounds,
  seed,
  log = () => undefined,
}: CampaignOptions): Promise<CampaignResult> {
  const progress: Progress = { violations: new Set(), counts: new Map() }
  const onFault = (error: unknown) => {
    progress.violations.add(`not handled: ${error instanceof Error ? error.stack : String(error)}`)
  }
  process.on('unhandledRejection', onFault).on('uncaughtException', onFault)
  const target = await startTarget()
  try {
    const random = createRandom(seed)
    const draw = createRequestDraws(target)
    const warmUp = Math.min(Math.ceil(rounds / 4), 3_000)
    await runCases(warmUp, (index) => oneCase(index, { target, draw, random, progress }))
    await target.clean()
    const before = heapUsed()
    for (let done = warmUp; done < rounds; done += 1_000) {
      await runCases(Math.min(1_000, rounds - done), (index) =>
        oneCase(index, { target, draw, random, progress }),
      )
      await target.clean()
      log(
        `${Math.min(done + 1_000, rounds)} of ${rounds} cases, heap ${Math.round(heapUsed() / 1e6)} MB`,
      )
    }
    const after = heapUsed()
    progress.counts.set('heap before, MB', Math.round(before / 1e6))
    progress.counts.set('heap after, MB', Math.round(after / 1e6))
    if (after > before * 1.1 + 2e6)
      progress.violations.add(`the heap grew from ${before} to ${after} bytes`)
    for (const error of new Set(target.errors.map(describe)))
      progress.violations.add(`onError: ${error}`)
  } finally {
    await target.stop()
    process.off('unhandledRejection', onFault).off('uncaughtException', onFault)
  }
  return { violations: [...progress.violations], counts: [...progress.counts] }
}

async function runCases(count: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await run(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

interface Case {
  readonly target: Target
  readonly draw: (random: Random) => Request
  readonly random: Random
  readonly progress: Progress
}

/** Every twentieth case is a conversation over a socket. */
async function oneCase(index: number, { target, draw, random, progress }: Case): Promise<void> {
  if (index % 20 === 0) {
    const conversation = drawConversation(random)
    const received = await converse(target.port, conversation)
    tally(progress, 'conversations over a socket')
    if (/^HTTP\/1\.1 50[^3]/m.test(received) && !received.startsWith('HTTP/1.1 501')) {
      progress.violations.add(`${conversation.name}: ${received.slice(0, 200)}`)
    }
    return checkText(progress, conversation.name, received)
  }
  const request = draw(random)
  const what = `${request.method} ${request.url.slice(0, 160)}`
  const copy = request.clone()
  const startedAt = performance.now()
  const answer = await within(answerMs * 4, read(target, request), null)
  const ms = performance.now() - startedAt
  tally(progress, 'requests')
  if (!answer) return void progress.violations.add(`${what}: no answer`)
  tally(progress, `answers with ${answer.status}`)
  if (ms > answerMs) progress.violations.add(`${what}: took ${Math.round(ms)} ms`)
  if (answer.status >= 500) {
    const body = copy.body ? (await copy.text()).slice(0, 200) : ''
    progress.violations.add(`${what} ${body}: ${answer.status} ${answer.text.slice(0, 200)}`)
  }
  checkText(progress, what, answer.text)
}

/** Reads an answer whole; of a stream, only what arrives within a second. */
async function read(
  { studio }: Target,
  request: Request,
): Promise<{ status: number; text: string }> {
  const response = await studio.fetch(request)
  const head = JSON.stringify([...response.headers])
  if (!/ndjson|event-stream/.test(response.headers.get('content-type') ?? '')) {
    return { status: response.status, text: head + (await response.text()) }
  }
  const reader = response.body?.getReader()
  let text = head
  const decoder = new TextDecoder()
  const end = performance.now() + 1_000
  while (reader && performance.now() < end) {
    const { done, value } = await within(1_000, reader.read(), { done: true, value: undefined })
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  await reader?.cancel()
  return { status: response.status, text }
}

/** Returns what a promise resolves to, or `late` after some milliseconds. */
async function within<T, Late>(ms: number, promise: Promise<T>, late: Late): Promise<T | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<Late>((resolve) => (timer = setTimeout(resolve, ms, late)))
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}

function checkText({ violations }: Progress, what: string, text: string): void {
  for (const secret of [canary, foreignText]) {
    const at = text.indexOf(secret)
    if (at >= 0)
      violations.add(
        `${what}: answered with ${secret}: ${text.slice(Math.max(at - 120, 0), at + 40)}`,
      )
  }
  if (/node_modules|\.(ts|mjs|js):\d+:\d+|postgres:\/\//.test(text)) {
    violations.add(
      `${what}: answered with a stack, a path or a connection string: ${text.slice(0, 300)}`,
    )
  }
}

function describe(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message.slice(0, 200)} ${error.stack?.split('\n')[1]?.trim()}`
    : String(error)
}

function heapUsed(): number {
  v8.setFlagsFromString('--expose-gc')
  const collect = vm.runInNewContext('gc') as () => void
  for (let count = 0; count < 3; count++) collect()
  return process.memoryUsage().heapUsed
}

function tally({ counts }: Progress, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
