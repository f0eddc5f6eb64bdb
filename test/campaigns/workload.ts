import { type ToolName, toolKinds } from './agent.ts'
import { type ClientContext, readRun, send } from './client.ts'
import { type Ledger, noteRun, tally } from './ledger.ts'
import type { Random } from './random.ts'
import { type Script, sleep } from './script.ts'

/** Clients of all kinds that use the fleet until `stop`. */
export interface Workload {
  /** Starts a random client, at a random instance or at `url`, which works in the background. */
  begin(url?: string): void
  /** Returns how many clients are still busy. */
  busy(): number
  /** Stops cancelling runs. Resolves when no client is busy. */
  settle(): Promise<void>
  /** Stops deciding approvals. Call it after all runs have ended, because some runs have no client that waits for them. */
  stop(): Promise<void>
}

const toolNames = Object.keys(toolKinds) as ToolName[]

/** Returns a random script: up to four turns with text, and all except the last with tool calls. */
function drawScript(random: Random): Script {
  const length = random.between(1, 4)
  const turns = Array.from({ length }, (_, index) => ({
    deltas: random.between(1, 12),
    paceMs: random.between(2, 40),
    calls: index === length - 1 ? [] : drawCalls(random),
  }))
  return { turns }
}

function drawCalls(random: Random): Script['turns'][number]['calls'] {
  return Array.from({ length: random.between(1, 3) }, () => ({
    tool: random.pick(toolNames),
    ms: random.between(5, 150),
  }))
}

/** The context of a workload's clients. */
interface WorkContext extends ClientContext {
  /** Counts a client as busy until a promise settles. */
  track(work: Promise<unknown>): void
}

/** Creates the sessions that runs share, and starts to decide approvals. */
export async function startWorkload(clients: ClientContext): Promise<Workload> {
  const busy = new Set<Promise<unknown>>()
  const track = (work: Promise<unknown>) => {
    const done = work.finally(() => busy.delete(done))
    busy.add(done)
  }
  const context: WorkContext = { ...clients, track }
  const { ledger } = context
  let settling = false
  let deciding = true
  for (let count = 0; count < 4; count++) ledger.sessions.push(await openSession(context))
  const decider = (async () => {
    while (deciding) {
      if (context.signal.aborted) return
      await decideSome(context)
      await sleep(100)
    }
  })()
  return {
    begin: (url) => track(runOnce(context, () => settling, url)),
    busy: () => busy.size,
    async settle() {
      settling = true
      while (busy.size > 0) await Promise.allSettled(busy)
    },
    async stop() {
      deciding = false
      await decider
    },
  }
}

async function openSession(context: ClientContext): Promise<string> {
  const answer = await send(context, '/sessions', { body: { agentId: 'campaign' } })
  if (answer?.status !== 201) throw new Error('Could not create a session')
  return String(answer.body['id'])
}

const path = '/agents/campaign/runs'
const kinds = ['streamed', 'background', 'buffered'] as const

/** Starts a run. A request with an idempotency key is repeated until there is a response. */
async function runOnce(
  context: WorkContext,
  isSettling: () => boolean,
  first: string | undefined,
): Promise<void> {
  const { random, ledger, signal } = context
  const kind = random.pick(kinds)
  const key = random.chance(0.6) ? crypto.randomUUID() : undefined
  const body = {
    message: JSON.stringify(drawScript(random)),
    ...(random.chance(0.5) ? { sessionId: random.pick(ledger.sessions) } : {}),
    ...(random.chance(0.2) ? { toolConcurrency: 3 } : {}),
    ...(kind === 'streamed' ? { stream: true } : {}),
  }
  const headers = {
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...(kind === 'background' ? { prefer: 'respond-async' } : {}),
  }
  tally(ledger, `runs requested, ${kind}`)
  for (let attempt = 0; attempt < (key ? 100 : 1) && !signal.aborted; attempt++) {
    const url = (attempt === 0 ? first : undefined) ?? context.fleet.pickUrl(random)
    const request: RunRequest = { url, headers, body, key }
    const runId = await (kind === 'streamed'
      ? beginStream(context, request)
      : beginBuffered(context, request))
    if (runId !== null) {
      if (random.chance(0.15) && !isSettling()) await cancelLater(context, runId)
      return
    }
    await sleep(100)
  }
}

interface RunRequest {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: object
  readonly key: string | undefined
}

async function beginStream(context: WorkContext, request: RunRequest): Promise<string | null> {
  const { random, ledger, signal } = context
  const response = await fetch(new URL(path, request.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...request.headers },
    body: JSON.stringify(request.body),
    signal,
  }).catch(() => null)
  if (response?.status !== 200) {
    await response?.body?.cancel()
    return null
  }
  const runId = runIdOf(response.headers)
  noteRun(ledger, runId, request.key)
  if (random.chance(0.15)) await response.body?.cancel()
  else context.track(readRun(context, runId, response))
  return runId
}

/** Starts a run without a stream: a buffered response arrives at its end, a background one immediately. */
async function beginBuffered(context: WorkContext, request: RunRequest): Promise<string | null> {
  const { ledger, random } = context
  const answer = await send(context, path, { ...request, waitMs: 120_000 })
  if (!answer) return null
  const { status, body, headers } = answer
  if (!headers.has('location')) return null
  const runId = runIdOf(headers)
  noteRun(ledger, runId, request.key)
  if (status === 202 && random.chance(0.7)) context.track(readRun(context, runId, null))
  if (status === 200) ledger.answers.push({ runId, output: String(body['output']) })
  return runId
}

function runIdOf(headers: Headers): string {
  return headers.get('location')?.split('/').at(-1) ?? ''
}

async function cancelLater(context: ClientContext, runId: string): Promise<void> {
  await sleep(context.random.between(0, 1_500))
  const answer = await send(context, `/runs/${runId}/cancel`, { body: {}, waitMs: 20_000 })
  if (answer?.status !== 200) return
  const { status } = answer.body
  tally(context.ledger, 'cancellations confirmed')
  if (status !== 'succeeded' && status !== 'failed') context.ledger.cancellations.add(runId)
}

/** How long who decides waits for an answer, in milliseconds. An instance that is paused gives none. */
const decideMs = 5_000

/** Decides about half of the pending approvals: mostly grants them, and sometimes sends two opposite decisions. */
async function decideSome(context: ClientContext): Promise<void> {
  const { random } = context
  const list = await send(context, '/approvals?status=pending&limit=100', { waitMs: decideMs })
  if (list?.status !== 200) return
  const approvals = list.body['approvals'] as readonly { id: string }[]
  await Promise.all(
    approvals
      .filter(() => random.chance(0.5))
      .map(({ id }) => {
        const approved = random.chance(0.75)
        const decisions = random.chance(0.15) ? [approved, !approved] : [approved]
        return Promise.all(decisions.map((decision) => decide(context, id, decision)))
      }),
  )
}

async function decide(context: ClientContext, id: string, approved: boolean): Promise<void> {
  const answer = await send(context, `/approvals/${id}/decision`, {
    body: { approved },
    waitMs: decideMs,
  })
  if (answer?.status !== 200) return
  tally(context.ledger, 'decisions confirmed')
  noteDecision(context.ledger, id, String(answer.body['status']))
}

function noteDecision({ decisions, violations }: Ledger, id: string, status: string): void {
  const before = decisions.get(id)
  if (before !== undefined && before !== status) {
    violations.push(`approval ${id} was confirmed as ${before} and as ${status}`)
  }
  decisions.set(id, status)
}

/** Waits until all runs have ended. Returns false if that takes longer than `waitMs`. */
export async function awaitEnds(context: ClientContext, waitMs: number): Promise<boolean> {
  const until = performance.now() + waitMs
  for (;;) {
    const open = await Promise.all(
      ['queued', 'running', 'waiting'].map((status) => send(context, `/runs?status=${status}`)),
    )
    const counts = open.map((answer) =>
      answer?.status === 200 ? (answer.body['runs'] as unknown[]).length : 1,
    )
    if (counts.every((count) => count === 0)) return true
    if (performance.now() > until) return false
    await sleep(200)
  }
}
