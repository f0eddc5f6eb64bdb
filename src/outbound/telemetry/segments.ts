import type { Approval } from '../../records/approval.ts'
import type { RunJournal } from '../../storage/store.ts'
import { spanIdOf } from '../../agents/views/resources.ts'

/** A part of a run in which it worked, without waiting for people. Times are ISO 8601. */
export interface Segment {
  /** The id of its span: 16 hex digits, the same in every export. */
  readonly spanId: string
  readonly from: string
  readonly to: string
  /** The approvals that were requested before the run began to wait. */
  readonly requested: readonly Approval[]
  /** The approvals for which the run waited before this segment. */
  readonly resolved: readonly Approval[]
}

interface Span {
  readonly from: string
  readonly to: string
}

/**
 * Cuts a run where it waited for people: a wait of three days is a gap between two spans, not a span of three days. The
 * segments are in order and do not overlap.
 *
 * @see docs/decisions/217-waits-are-gaps-in-a-trace.md
 */
export function toSegments({ run, turns, toolCalls, approvals }: RunJournal): Segment[] {
  const start = run.startedAt ?? run.createdAt
  const end = run.endedAt ?? start
  const work = merge(
    [...turns, ...toolCalls].flatMap(({ startedAt, endedAt }) =>
      startedAt === null ? [] : [{ from: startedAt, to: endedAt ?? end }],
    ),
  )
  const waits = merge(
    approvals.map(({ requestedAt, resolvedAt }) => ({ from: requestedAt, to: resolvedAt ?? end })),
  )
  const gaps = waits.flatMap((wait) => without(wait, work)).filter(({ from, to }) => from < to)
  const cuts = gaps.filter(({ from, to }) => from >= start && to <= end)
  const froms = [start, ...cuts.map(({ to }) => to)]
  const tos = [...cuts.map(({ from }) => from), end]
  return froms.map((from, index) => {
    const to = tos[index] ?? end
    const before = tos[index - 1] ?? ''
    const resolved = approvals.filter(
      ({ resolvedAt }) =>
        index > 0 && resolvedAt !== null && resolvedAt > before && resolvedAt <= from,
    )
    const requested = approvals.filter(
      ({ requestedAt }) => requestedAt >= from && requestedAt <= to,
    )
    const spanId = index === 0 ? spanIdOf(run.id) : spanIdOf(resolved.at(-1)?.id ?? run.id)
    return { spanId, from, to, requested, resolved }
  })
}

/** Returns the segment in which something began. What began in a gap belongs to the segment after it. */
export function segmentAt(segments: readonly Segment[], time: string): Segment | undefined {
  return segments.find(({ to }) => time <= to) ?? segments.at(-1)
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from.localeCompare(b.from))) {
    const last = merged.at(-1)
    if (last && span.from <= last.to) {
      merged[merged.length - 1] = { from: last.from, to: span.to > last.to ? span.to : last.to }
    } else merged.push(span)
  }
  return merged
}

/** Returns what is left of a span without the merged spans of `others`. */
function without({ from, to }: Span, others: readonly Span[]): Span[] {
  const left: Span[] = []
  let at = from
  for (const other of others) {
    if (other.to <= at || other.from >= to) continue
    if (other.from > at) left.push({ from: at, to: other.from })
    if (other.to > at) at = other.to
  }
  if (at < to) left.push({ from: at, to })
  return left
}
