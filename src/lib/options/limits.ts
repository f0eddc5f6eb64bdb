import { type KnownKeys, refuseUnknownKeys } from './known-keys.ts'
import { checkCount, checkDuration } from './numbers.ts'

/**
 * Limits that protect a host. What exceeds one is refused: a body with 400 or 413, everything else with 429 or 503 and
 * `Retry-After`. All counts are those of one instance, unless they say otherwise; `Infinity` switches a count off.
 */
export interface Limits {
  /** The maximum size of a request body, in bytes. Larger ones get a 413. @default 1_048_576 */
  bodyBytes?: number
  /** The maximum size of the body of `POST /agents/:agentId/runs`, which may hold files, in bytes. @default 20_971_520 */
  attachmentBytes?: number
  /** How deep arrays and objects of a request body may nest. Deeper ones get a 400. @default 200 */
  jsonDepth?: number
  /** How long a client may take to send a request body, in milliseconds. Slower ones get a 400. @default 60_000 */
  bodyMs?: number
  /** How many runs advance at a time. Further ones wait as `queued`. Runs that wait for people do not count. @default 200 */
  runs?: number
  /** How many runs may wait to be advanced. Further ones get a 503. @default 10_000 */
  waitingRuns?: number
  /** How many runs of one tenant may advance or wait to be advanced. Further ones get a 429. @default 5_000 */
  tenantRuns?: number
  /** How many runs of one agent may advance or wait to be advanced. Further ones get a 429. @default 5_000 */
  agentRuns?: number
  /** How many runs of one session may be queued, over all instances. Further ones get a 429. @default 100 */
  sessionQueue?: number
  /** How many streams and waiting requests may follow runs. Further ones get a 503. @default 5_000 */
  streams?: number
  /** How many of them may belong to one tenant. Further ones get a 429. @default 2_500 */
  tenantStreams?: number
  /** How many of them may follow one run. Further ones get a 429. @default 2_500 */
  runStreams?: number
  /** How many events the log of one run may have. A run with more of them ends as `failed`. @default 500_000 */
  runEvents?: number
  /** The size of the log of one run, in bytes. A run with a larger one ends as `failed`. @default 268_435_456 */
  runBytes?: number
  /** The size of the messages in one answer of `GET /sessions/:sessionId`, in bytes; `nextBefore` names the rest. @default 16_777_216 */
  sessionBytes?: number
}

/** Limits with every default filled in. */
export type ResolvedLimits = Readonly<Required<Limits>>

const known: KnownKeys<Limits> = {
  bodyBytes: true,
  attachmentBytes: true,
  jsonDepth: true,
  bodyMs: true,
  runs: true,
  waitingRuns: true,
  tenantRuns: true,
  agentRuns: true,
  sessionQueue: true,
  streams: true,
  tenantStreams: true,
  runStreams: true,
  runEvents: true,
  runBytes: true,
  sessionBytes: true,
}

const counts = {
  runs: 200,
  waitingRuns: 10_000,
  tenantRuns: 5_000,
  agentRuns: 5_000,
  sessionQueue: 100,
  streams: 5_000,
  tenantStreams: 2_500,
  runStreams: 2_500,
  runEvents: 500_000,
  runBytes: 268_435_456,
  sessionBytes: 16_777_216,
}

/**
 * Fills in the defaults of `limits`.
 *
 * @throws TypeError for an unknown limit, and for one that is no count or duration.
 */
export function resolveLimits(limits: Limits = {}): ResolvedLimits {
  refuseUnknownKeys('limits', limits, known)
  const { bodyBytes = 1_048_576, attachmentBytes = 20_971_520, jsonDepth = 200 } = limits
  const checked = Object.entries(counts).map(([name, preset]) => {
    const value = limits[name as keyof typeof counts] ?? preset
    return [name, value === Infinity ? value : checkCount(`limits.${name}`, value, 1)]
  })
  return {
    bodyBytes: checkCount('limits.bodyBytes', bodyBytes, 0),
    attachmentBytes: checkCount('limits.attachmentBytes', attachmentBytes, 0),
    // What walks a value later recurses, so the depth itself has a limit.
    jsonDepth: checkCount('limits.jsonDepth', jsonDepth, 1, 1_000),
    bodyMs: checkDuration('limits.bodyMs', limits.bodyMs ?? 60_000, { infinite: true }),
    ...(Object.fromEntries(checked) as typeof counts),
  }
}
