/** Lines that two texts share at these places, from the first to the last. */
type Trace = readonly (readonly [before: number, after: number])[]

/** Beyond so many differences the lines between the first and the last one are replaced as a whole. */
const maxDistance = 400

/** One run of lines: the same in both texts, or removed and added. */
export interface Edit {
  readonly kind: 'same' | 'removed' | 'added'
  readonly lines: readonly string[]
}

/** Compares two lists of lines with the algorithm of Myers, after their common beginning and end were set aside. */
export function compareLines(before: readonly string[], after: readonly string[]): Edit[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end++
  const a = before.slice(start, before.length - end)
  const b = after.slice(start, after.length - end)
  return [
    { kind: 'same' as const, lines: before.slice(0, start) },
    ...toEdits(a, b, findTrace(a, b)),
    { kind: 'same' as const, lines: before.slice(before.length - end) },
  ].filter(({ lines }) => lines.length > 0)
}

function toEdits(a: readonly string[], b: readonly string[], trace: Trace): Edit[] {
  const edits: Edit[] = []
  let [x, y] = [0, 0]
  for (const [nextX, nextY] of [...trace, [a.length, b.length] as const]) {
    edits.push(
      { kind: 'removed', lines: a.slice(x, nextX) },
      { kind: 'added', lines: b.slice(y, nextY) },
    )
    edits.push({ kind: 'same', lines: a.slice(nextX, nextX + 1) })
    ;[x, y] = [nextX + 1, nextY + 1]
  }
  return edits.filter(({ lines }) => lines.length > 0)
}

// `furthest` has, for each diagonal k = x - y, the largest x that d differences reach.
function findTrace(a: readonly string[], b: readonly string[]): Trace {
  const rounds: Map<number, number>[] = []
  const furthest = new Map([[1, 0]])
  for (let d = 0; d <= Math.min(a.length + b.length, maxDistance); d++) {
    rounds.push(new Map(furthest))
    for (let k = -d; k <= d; k += 2) {
      let x = stepInto(furthest, k, d)
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      furthest.set(k, x)
      if (x >= a.length && x - k >= b.length) return walkBack(rounds, a.length, b.length)
    }
  }
  return []
}

function stepInto(furthest: ReadonlyMap<number, number>, k: number, d: number): number {
  const [left, right] = [furthest.get(k - 1) ?? -1, furthest.get(k + 1) ?? -1]
  return k === -d || (k !== d && left < right) ? right : left + 1
}

function walkBack(rounds: readonly ReadonlyMap<number, number>[], toX: number, toY: number): Trace {
  const trace: [number, number][] = []
  let [x, y] = [toX, toY]
  for (let d = rounds.length - 1; d >= 0; d--) {
    const furthest = rounds[d] ?? new Map<number, number>()
    const k = x - y
    const isDown =
      k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1))
    const previousX = furthest.get(isDown ? k + 1 : k - 1) ?? 0
    const previousY = previousX - (isDown ? k + 1 : k - 1)
    while (x > Math.max(previousX, 0) && y > Math.max(previousY, 0)) trace.push([--x, --y])
    ;[x, y] = [previousX, previousY]
  }
  return trace.reverse()
}
