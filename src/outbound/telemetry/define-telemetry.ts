import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkDuration } from '../../lib/options/numbers.ts'
import { defineRoute } from '../../http/route.ts'
import type { ReporterSettings, Reports } from '../../agents/engine/reports.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Reporter } from '../../agents/reporter.ts'
import { checkTarget } from '../relay/check-target.ts'
import { type RelayChannel, createRelay } from '../relay/drain.ts'
import { extendEngine } from '../relay/extend-engine.ts'
import type { ContentMode } from './content.ts'
import { type ExportSettings, otlpChannel } from './export-runs.ts'
import { type LogRecord, logChannel } from './log-records.ts'
import { createRunCounters } from './run-metrics.ts'

/** Where spans and metrics are sent. */
export interface OtlpOptions {
  /** The base of the collector, to which `/v1/traces` and `/v1/metrics` are appended, such as `http://localhost:4318`. */
  readonly url: string
  /** Headers of every request, such as the key of the collector. @default none */
  readonly headers?: Readonly<Record<string, string>>
  /** Whether to send metrics too. @default true, until the collector refuses them */
  readonly metrics?: boolean
  /** How long the collector may take to answer, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number
}

/** Options of `telemetry`. Each has a default. */
export interface TelemetryOptions {
  /** Exports every run that ended, at least once. @default nothing is exported */
  readonly otlp?: OtlpOptions
  /**
   * Whether spans hold instructions, messages, and the arguments and results of tools: `none`, `full`, or `redacted`, where texts
   * with the form of a secret and members with the name of one are hidden. @default 'none'
   */
  readonly content?: ContentMode
  /** The name of the service in spans and metrics. @default the project's name */
  readonly serviceName?: string
  /**
   * Called with one object for each run that ended, and each approval that was requested or resolved, at least once, by one of the
   * instances. It may return a promise, which is awaited; what it throws goes to `onError`. Failures themselves are reported by `onError`.
   *
   * @default none
   */
  readonly log?: (record: LogRecord) => unknown
  /** The `fetch` for the collector. @default the host's */
  readonly fetch?: typeof fetch
}

const knownOptions: KnownKeys<TelemetryOptions> = {
  otlp: true,
  content: true,
  serviceName: true,
  log: true,
  fetch: true,
}

const knownOtlp: KnownKeys<OtlpOptions> = {
  url: true,
  headers: true,
  metrics: true,
  timeoutMs: true,
}

const modes: readonly unknown[] = ['none', 'redacted', 'full'] satisfies readonly ContentMode[]

/**
 * Makes the option `telemetry` of a studio. Runs are exported when they ended, from their rows, at least once: spans by the
 * conventions semantic-conventions-genai v0.1.0, and histograms. The stores need an outbox, as `postgresStores` and `memoryStores` have.
 * `GET /metrics` answers in the text format of Prometheus where `allow` names `metrics`.
 *
 * @throws TypeError for an option that is unknown or has another type, and for a `url` that is no absolute http URL.
 * @example
 * new Studio([agent], { telemetry: telemetry({ otlp: { url: 'http://localhost:4318' } }) })
 */
export function telemetry(options: TelemetryOptions = {}): Reporter {
  refuseUnknownKeys('telemetry', options, knownOptions, { logger: 'log', onLog: 'log' })
  const { content = 'none', log } = options
  if (!modes.includes(content)) throw new TypeError(`content must be 'none', 'redacted' or 'full'`)
  if (log !== undefined && typeof log !== 'function') throw new TypeError('log must be a function')
  const toExport = options.otlp && checkOtlp(options.otlp, options)
  const serve = (settings: ReporterSettings): Reports => {
    const prometheus = settings.allow.includes('metrics') ? createRunCounters() : null
    const channels: RelayChannel[] = [
      ...(toExport ? [otlpChannel({ ...toExport, resource: toResource(settings, options) })] : []),
      ...(log ? [logChannel(log)] : []),
      ...(prometheus ? [prometheus.channel] : []),
    ]
    return {
      extend: extendEngine((host) => createRelay('telemetry', host, channels)),
      routes: (module: AgentsModule) =>
        prometheus ? [metricsRoute(module, prometheus.counters)] : [],
    }
  }
  return { name: 'telemetry', serve }
}

function checkOtlp(
  otlp: OtlpOptions,
  { content = 'none', fetch = globalThis.fetch }: TelemetryOptions,
): Omit<ExportSettings, 'resource'> {
  refuseUnknownKeys('telemetry.otlp', otlp, knownOtlp, { endpoint: 'url' })
  const { url, headers = {}, metrics = true } = otlp
  const timeoutMs = checkDuration('otlp.timeoutMs', otlp.timeoutMs ?? 10_000)
  const base = checkTarget('otlp.url', url).replace(/\/+$/, '')
  return {
    url: base,
    headers: Object.fromEntries(new Headers(headers)),
    metrics,
    timeoutMs,
    content,
    fetch: (...given) => fetch(...given),
  }
}

function toResource(
  { project, environment }: ReporterSettings,
  { serviceName = project.name }: TelemetryOptions,
) {
  return {
    'service.name': serviceName,
    'service.version': project.version,
    'deployment.environment.name': environment,
    'telemetry.sdk.name': 'fetch-studio',
  }
}

function metricsRoute(
  module: AgentsModule,
  counters: ReturnType<typeof createRunCounters>['counters'],
) {
  return defineRoute({
    name: 'metrics',
    operationId: 'getMetrics',
    tags: ['runtime'],
    text: 'text/plain',
    method: 'GET',
    path: '/metrics',
    capability: 'metrics',
    summary: 'Metrics of this process in the text format of Prometheus',
    async handle(_input, exchange) {
      const { answerMetrics } = await import('./prometheus.ts')
      return answerMetrics(module, exchange, counters)
    },
  })
}
