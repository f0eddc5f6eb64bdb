import type { TraceDetail } from '../../../client.ts'

/** One step of a trace. */
export type Span = TraceDetail['observations'][number]

/** A stretch of time, in milliseconds. */
interface Stretch {
  readonly from: number
  readonly to: number
}

/** A time in which nothing worked, drawn in a fixed width. `at` and `width` are shares of the whole. */
export interface Gap extends Stretch {
  readonly at: number
  readonly width: number
}

/** The time of a run, squeezed where nothing worked. */
export interface Timeline {
  /** Where an instant lies, from 0 to 1. */
  place(time: number): number
  readonly gaps: readonly Gap[]
  /** Round instants with a label in milliseconds of work since the start. */
  readonly ticks: readonly { readonly at: number; readonly ms: number }[]
  readonly workedMs: number
  readonly from: number
  readonly to: number
}

/** Idle times below this are never squeezed, in milliseconds. */
const leastIdleMs = 1_500

/** The width of a squeezed gap, as a share of the whole. */
const gapWidth = 0.05

/** When a step began and ended; a step that has not ended lasts until `now`. */
export function stretchOf(
  { startedAt, endedAt }: Pick<Span, 'startedAt' | 'endedAt'>,
  now: number,
): Stretch {
  const from = Date.parse(startedAt)
  return { from, to: Math.max(from, endedAt === undefined ? now : Date.parse(endedAt)) }
}

/**
 * Lays out the time of a trace. Idle times, in which no model and no tool worked, are squeezed when they would take more than
 * their share: an approval may wait for days.
 */
export function layOut(spans: readonly Span[], now: number): Timeline {
  const all = spans.map((span) => stretchOf(span, now))
  const from = Math.min(...all.map((one) => one.from), now)
  const to = Math.max(...all.map((one) => one.to), from + 1)
  const work = spans.flatMap((span) =>
    span.kind === 'generation' || span.kind === 'tool' ? [stretchOf(span, now)] : [],
  )
  const idle = findIdle(work, { from, to })
  const workedMs = to - from - idle.reduce((sum, gap) => sum + gap.to - gap.from, 0)
  const limit = Math.max(leastIdleMs, workedMs * 0.2)
  const squeezed = idle.filter((gap) => gap.to - gap.from > limit)
  const shown = to - from - squeezed.reduce((sum, gap) => sum + gap.to - gap.from, 0)
  const width = Math.min(gapWidth, 0.5 / Math.max(squeezed.length, 1))
  const scale = (1 - width * squeezed.length) / Math.max(shown, 1)
  const place = (time: number) => {
    let at = 0
    let begin = from
    for (const gap of squeezed) {
      if (time <= gap.from) break
      at += (gap.from - begin) * scale
      if (time < gap.to) return at + width * ((time - gap.from) / (gap.to - gap.from))
      at += width
      begin = gap.to
    }
    return Math.min(1, Math.max(0, at + (time - begin) * scale))
  }
  const gaps = squeezed.map((gap) => ({ ...gap, at: place(gap.from), width }))
  return { place, gaps, ticks: toTicks(shown, squeezed, { from, place }), workedMs, from, to }
}

function findIdle(work: readonly Stretch[], { from, to }: Stretch): Stretch[] {
  const sorted = [...work].sort((a, b) => a.from - b.from)
  const idle: Stretch[] = []
  let end = from
  for (const one of sorted) {
    if (one.from > end) idle.push({ from: end, to: one.from })
    end = Math.max(end, one.to)
  }
  if (to > end) idle.push({ from: end, to })
  return idle
}

function toTicks(
  shownMs: number,
  gaps: readonly Stretch[],
  { from, place }: { readonly from: number; place(time: number): number },
) {
  const rough = Math.max(shownMs / 5, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const ticks: { at: number; ms: number }[] = []
  for (let ms = 0; ms < shownMs && ticks.length < 12; ms += step) {
    let time = from + ms
    for (const gap of gaps) if (time > gap.from) time += gap.to - gap.from
    ticks.push({ at: place(time), ms })
  }
  return ticks
}
