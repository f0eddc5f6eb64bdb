import { Badge, type Tone } from '../../parts/badge.tsx'
import type { LaneRow, MigrationRow } from './lanes.ts'
import { migrationsTexts as texts } from './texts.ts'

const stateTones = {
  applied: 'good',
  pending: 'wait',
  modified: 'bad',
  failed: 'bad',
  out_of_order: 'wait',
  skipped_forever: 'bad',
  rolled_back: 'off',
  missing: 'bad',
  unknown: 'quiet',
} as const satisfies Record<MigrationRow['state'], Tone>

/** The state of a migration in words and color. */
export function MigrationState({ of }: { readonly of: MigrationRow['state'] }) {
  return (
    <span title={texts.stateHints[of]}>
      <Badge tone={stateTones[of]}>{texts.states[of]}</Badge>
    </span>
  )
}

/** The height of a row, which the lines of the graph run through. */
export const laneHeight = 36
const laneWidth = 14
/** Lanes beyond these are cut off. */
export const mostLanes = 8

/** The piece of the graph that belongs to a row. */
export function Lanes({ row, lanes }: { readonly row: MigrationRow; readonly lanes: LaneRow }) {
  const x = (lane: number) => lane * laneWidth + 8
  const middle = laneHeight / 2
  const curve = (from: number, start: number, to: number, end: number) =>
    `M${x(from)} ${start}C${x(from)} ${(start + end) / 2} ${x(to)} ${(start + end) / 2} ${x(to)} ${end}`
  const lines = [
    ...lanes.above.map(([from, to]) => curve(from, 0, to, middle)),
    ...lanes.below.map(([from, to]) => curve(from, middle, to, laneHeight)),
  ]
  const isDone = row.state === 'applied'
  return (
    <svg
      class={`lanes ${stateTones[row.state]}`}
      width={Math.min(lanes.width, mostLanes) * laneWidth + 4}
      height={laneHeight}
      aria-hidden="true"
    >
      <path d={lines.join('')} />
      <circle cx={x(lanes.dot)} cy={middle} r="4.500" class={isDone ? 'done' : undefined} />
    </svg>
  )
}
