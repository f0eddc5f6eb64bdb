import { compareText } from '../../lib/text.ts'

interface Ordered {
  readonly id: string
  readonly depends_on: readonly string[]
}

/** Orders steps so that each comes after those that it depends on; of several that could be next, the first by id. */
export function orderSteps<Step extends Ordered>(steps: readonly Step[]): Step[] {
  const sorted: Step[] = []
  const done = new Set<string>()
  const left = steps.toSorted((a, b) => compareText(a.id, b.id))
  for (;;) {
    const at = left.findIndex(({ depends_on }) => depends_on.every((id) => done.has(id)))
    const [next] = at < 0 ? [] : left.splice(at, 1)
    if (!next) return sorted
    sorted.push(next)
    done.add(next.id)
  }
}

/** Returns the ids of steps that depend on each other in a circle, sorted; none when they can be ordered. */
export function findCycle(steps: readonly Ordered[]): string[] {
  const ids = new Set(steps.map(({ id }) => id))
  let left = steps.map(({ id, depends_on }) => ({
    id,
    depends_on: depends_on.filter((name) => ids.has(name)),
  }))
  for (let count = -1; count !== left.length;) {
    count = left.length
    const open = new Set(left.map(({ id }) => id))
    const needed = new Set(left.flatMap(({ depends_on }) => depends_on))
    // what depends on nothing open, and what nothing open depends on, is in no circle
    left = left.filter(
      ({ id, depends_on }) => depends_on.some((name) => open.has(name)) && needed.has(id),
    )
  }
  return [...new Set(left.map(({ id }) => id))].sort(compareText)
}
