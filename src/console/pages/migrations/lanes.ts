import type { Answers } from '../../../client.ts'

type List = Answers['/studio/migrations']

/** A migration, or the record of one whose file is gone. */
export interface MigrationRow {
  /** `app.name`. */
  readonly key: string
  readonly app: string | null
  readonly name: string
  readonly tool: string | null
  readonly state: List['migrations'][number]['state']
  readonly appliedAt: string | null
  readonly checksum: string | null
  readonly message: string | null
  readonly dependencies: readonly string[]
  readonly isHead: boolean
  readonly isInConflict: boolean
}

/** Returns all migrations, app by app, the newest first, and then the records without a file. */
export function toMigrationRows({ migrations, orphans, apps }: List): MigrationRow[] {
  const known = new Map(apps.map((app) => [app.app_label, app]))
  const byApp = new Map<string, MigrationRow[]>()
  for (const one of migrations) {
    const app = known.get(one.app_label)
    const isHead = app?.head_migrations.includes(one.name) ?? false
    const row: MigrationRow = {
      key: `${one.app_label}.${one.name}`,
      app: one.app_label,
      name: one.name,
      tool: one.tool,
      state: one.state,
      appliedAt: one.applied_at,
      checksum: one.checksum,
      message: one.message,
      dependencies: one.dependencies,
      isHead,
      isInConflict:
        isHead && (app?.has_conflicts ?? false) && (app?.head_migrations.length ?? 0) > 1,
    }
    const rows = byApp.get(one.app_label)
    if (rows) rows.push(row)
    else byApp.set(one.app_label, [row])
  }
  const gone = orphans.map(({ app_label, name, state, applied_at, message }): MigrationRow => ({
    key: `${app_label ?? ''}.${name}`,
    app: app_label,
    name,
    tool: null,
    state,
    appliedAt: applied_at,
    checksum: null,
    message,
    dependencies: [],
    isHead: false,
    isInConflict: false,
  }))
  return [...[...byApp.values()].flatMap((rows) => rows.reverse()), ...gone]
}

/** What the graph shows in one row: its dot, and the lines through it, from lane to lane. */
export interface LaneRow {
  readonly dot: number
  readonly width: number
  /** From the top of the row to its middle, and from its middle to the bottom, as pairs of lanes. */
  readonly above: readonly (readonly [from: number, to: number])[]
  readonly below: readonly (readonly [from: number, to: number])[]
}

/** Draws dependencies within an app as lanes, as a log of git does: a migration continues the lanes that lead to it. */
export function toLanes(rows: readonly MigrationRow[]): ReadonlyMap<string, LaneRow> {
  const position = new Map(rows.map(({ key }, index) => [key, index]))
  const found = new Map<string, LaneRow>()
  let lanes: (string | null)[] = []
  let app: string | null | undefined
  rows.forEach((row, index) => {
    if (row.app !== app) lanes = []
    app = row.app
    const before = [...lanes]
    const first = before.indexOf(row.key)
    const free = before.indexOf(null)
    const dot = first >= 0 ? first : free >= 0 ? free : before.length
    const above = before.flatMap((key, lane): [number, number][] =>
      key === null ? [] : [[lane, key === row.key ? dot : lane]],
    )
    lanes = before.map((key) => (key === row.key ? null : key))
    const parents = row.dependencies.filter(
      (key) => (position.get(key) ?? -1) > index && rows[position.get(key) ?? -1]?.app === row.app,
    )
    const below: [number, number][] = lanes.flatMap((key, lane): [number, number][] =>
      key === null ? [] : [[lane, lane]],
    )
    parents.forEach((key, order) => {
      const known = lanes.indexOf(key)
      const lane = known >= 0 ? known : order === 0 ? dot : freeLane(lanes, dot)
      lanes[lane] = key
      below.push([dot, lane])
    })
    while (lanes.at(-1) === null) lanes.pop()
    const width = 1 + Math.max(dot, ...above.flat(), ...below.flat())
    found.set(row.key, { dot, width, above, below })
  })
  return found
}

function freeLane(lanes: readonly (string | null)[], taken: number): number {
  const free = lanes.findIndex((key, lane) => key === null && lane !== taken)
  return free >= 0 ? free : Math.max(lanes.length, taken + 1)
}
