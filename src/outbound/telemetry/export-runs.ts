import type { OutboxMessage } from '../../records/outbox.ts'
import { library } from '../../library.ts'
import type { RelayChannel, DeliveryHost } from '../relay/drain.ts'
import { forEachRun, type Told } from '../relay/journals.ts'
import { type Sent, send } from '../relay/send.ts'
import type { ContentMode } from './content.ts'
import { toMetrics } from './otlp-metrics.ts'
import { toSpans } from './otlp-spans.ts'
import { toAttributes } from './otlp-values.ts'
import type { OtlpSpan } from './span-base.ts'

/** Where and how spans are sent. */
export interface ExportSettings {
  /** The base, without a slash at the end. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly metrics: boolean
  readonly timeoutMs: number
  readonly content: ContentMode
  readonly fetch: typeof fetch
  /** Who reports: `service.name` and other attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>
}

/** The most spans, and the most characters of their JSON, in one request. A longer span goes alone. */
const maxSpans = 512
const maxCharacters = 2_000_000

/** How often runs are refused before they are dropped: for a request that is wrong, and for one that is not allowed. */
const maxRefusals = 4
const maxForbidden = 20

/** The conventions that spans and metrics follow. They are in development, and no schema of them has a URL. */
const conventions = 'semantic-conventions-genai v0.1.0'

/** Creates the channel that exports ended runs over OTLP/HTTP. */
export function otlpChannel(settings: ExportSettings): RelayChannel {
  const state: ExportState = { isAway: false, instance: null, from: null, metricsRefused: false }
  return {
    target: 'otlp',
    types: ['run.ended'],
    agents: null,
    batch: 20,
    leaseMs: 120_000,
    async deliver(messages, host) {
      // A run that was refused goes alone, so that it takes no others along.
      const alone = messages.filter(({ refusals }) => refusals > 0).map((message) => [message])
      const together = messages.filter(({ refusals }) => refusals === 0)
      let reached = true
      for (const group of [together, ...alone]) {
        await forEachRun(group, host, async (told) => {
          const runs = { settings, state, host, told }
          if (reached) reached = await exportRuns(runs)
          else await postpone(runs, 'The collector could not be reached', null)
        })
      }
      return reached
    },
  }
}

interface ExportState {
  isAway: boolean
  /** Tells this process from others, so that their metrics are not mixed up. */
  instance: string | null
  /** Where the window of the next metrics begins. */
  from: string | null
  metricsRefused: boolean
}

interface RunExport {
  readonly settings: ExportSettings
  readonly state: ExportState
  readonly host: DeliveryHost
  readonly told: readonly Told[]
}

/** Exports the spans of some runs, then their metrics, then settles them. Returns false if the collector was not reached. */
async function exportRuns(runs: RunExport): Promise<boolean> {
  const { settings, host, told, state } = runs
  const spans = told.flatMap(({ journal }) =>
    journal
      ? toSpans(journal, {
          agent: host.agents.get(journal.run.agentId),
          content: settings.content,
        })
      : [],
  )
  for (const chunk of toChunks(spans)) {
    const body = { resourceSpans: [toResource(runs, { spans: chunk })] }
    const sent = await post(runs, '/v1/traces', body)
    if (!sent.ok) return settleFailure(runs, sent)
    reportPartial(host, sent.text, 'rejectedSpans')
  }
  if (settings.metrics && spans.length > 0 && !state.metricsRefused) {
    const sent = await postMetrics(runs, spans)
    if (!sent.ok) return settleFailure(runs, sent)
  }
  state.isAway = false
  await host.outbox.settle(
    told.map(({ message }) => message),
    { to: 'forget' },
  )
  return true
}

async function postMetrics(runs: RunExport, spans: readonly OtlpSpan[]): Promise<Sent> {
  const { host, state } = runs
  const to = `${host.clock.now()}000000`
  const from = state.from ?? `${host.clock.now() - 1}000000`
  const metrics = toMetrics(spans, { from, to })
  const body = { resourceMetrics: [toResource(runs, { metrics })] }
  const sent = await post(runs, '/v1/metrics', body)
  if (sent.ok) {
    state.from = to
    reportPartial(host, sent.text, 'rejectedDataPoints')
    return sent
  }
  if (isTransient(sent.status)) return sent
  // Many collectors take traces only. Their spans are exported, so the run is done.
  state.metricsRefused = true
  host.onError(
    new Error(
      `The collector takes no metrics: ${sent.error}. No more are sent; otlp.metrics: false says so`,
    ),
  )
  return { ok: true, status: sent.status ?? 0, text: '' }
}

function toResource(
  { settings, state }: RunExport,
  signal:
    { readonly spans: readonly OtlpSpan[] } | { readonly metrics: ReturnType<typeof toMetrics> },
) {
  state.instance ??= crypto.randomUUID()
  const scope = {
    name: library.name,
    version: library.version,
    attributes: toAttributes({ 'fetch_studio.conventions': conventions }),
  }
  const attributes = toAttributes({ ...settings.resource, 'service.instance.id': state.instance })
  const scoped = { scope, ...signal }
  return 'spans' in signal
    ? { resource: { attributes }, scopeSpans: [scoped] }
    : { resource: { attributes }, scopeMetrics: [scoped] }
}

function toChunks(spans: readonly OtlpSpan[]): OtlpSpan[][] {
  const chunks: OtlpSpan[][] = []
  let size = Infinity
  for (const span of spans) {
    const { length } = JSON.stringify(span)
    const last = chunks.at(-1)
    if (!last || last.length >= maxSpans || size + length > maxCharacters) {
      chunks.push([span])
      size = length
    } else {
      last.push(span)
      size += length
    }
  }
  return chunks
}

function post({ settings }: RunExport, path: string, body: object): Promise<Sent> {
  const { url, headers, timeoutMs } = settings
  return send({
    url: `${url}${path}`,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs,
    fetch: settings.fetch,
  })
}

/** OTLP/HTTP names the statuses after which a request may be repeated; other failures of a server are treated like them. */
function isTransient(status: number | null): boolean {
  return status === null || status === 408 || status === 429 || status >= 500
}

async function settleFailure(
  runs: RunExport,
  sent: Extract<Sent, { ok: false }>,
): Promise<boolean> {
  const { host, told, state } = runs
  const { status, error, retryAfterMs } = sent
  if (isTransient(status)) {
    if (!state.isAway)
      host.onError(new Error(`The export of runs failed and is repeated: ${error}`))
    state.isAway = true
    await postpone(runs, error, retryAfterMs)
    return false
  }
  const limit = [401, 403, 404, 407].includes(status ?? 0) ? maxForbidden : maxRefusals
  const messages = told.map(({ message }) => message)
  const lost = messages.filter(({ refusals }) => refusals + 1 >= limit)
  const kept = messages.filter((message) => !lost.includes(message))
  await host.outbox.settle(lost, { to: 'forget' })
  for (const message of kept) {
    const delayMs = Math.min(3_600_000, 10_000 * 2 ** message.refusals)
    await host.outbox.settle([message], { to: 'retry', delayMs, error, refused: true })
  }
  if (lost.length > 0 || kept.some(({ refusals }) => refusals === 0)) {
    host.onError(new Error(describeRefusal(error, lost, kept.length)))
  }
  return true
}

function describeRefusal(error: string, lost: readonly OutboxMessage[], kept: number): string {
  const dropped = `${lost.length} runs were dropped: ${lost.map(({ runId }) => runId).join(', ')}`
  return `The collector refused runs: ${error}. ${lost.length > 0 ? dropped : `${kept} runs are sent again`}`
}

async function postpone({ host, told }: RunExport, error: string, retryAfterMs: number | null) {
  for (const { message } of told) {
    const delayMs = retryAfterMs ?? Math.min(60_000, 1_000 * 2 ** Math.min(message.attempts, 6))
    await host.outbox.settle([message], { to: 'retry', delayMs, error, refused: false })
  }
}

/** A partial success is final: the specification forbids to send the rest again. */
function reportPartial(
  { onError }: DeliveryHost,
  text: string,
  counter: 'rejectedSpans' | 'rejectedDataPoints',
): void {
  const rejected = readRejected(text, counter)
  if (rejected > 0)
    onError(new Error(`The collector rejected part of an export: ${counter} ${rejected}`))
}

function readRejected(text: string, counter: string): number {
  try {
    const answer = JSON.parse(text) as { partialSuccess?: Record<string, unknown> | null } | null
    return Number(answer?.partialSuccess?.[counter] ?? 0)
  } catch {
    return 0
  }
}
