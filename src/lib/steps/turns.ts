/** Work in steps: between two of them it can pause. */
export type Steps<T> = Generator<void, T, void>

/** Longest that steps run before the event loop takes its turn, in milliseconds. A step itself is never interrupted. */
const turnMs = 8

/** When the event loop had its last turn between steps. All work shares it, so that tasks after each other do not add up. */
let lastTurn = 0

/**
 * Runs all steps, and lets the event loop serve others about every 8 ms. A host whose clock stands still between two events,
 * as on Workers, runs them at once. After `signal` aborted, the next turn rejects with its reason.
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    if (!isDue()) continue
    await nextTurn()
    signal?.throwIfAborted()
  }
}

/** True if the event loop had no turn for about 8 ms. */
function isDue(): boolean {
  return performance.now() - lastTurn >= turnMs
}

/** Lets the event loop take its turn if it had none for about 8 ms. */
export async function giveWay(): Promise<void> {
  if (isDue()) await nextTurn()
}

/** Runs all steps without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Converts items, one in each step. */
export function* mapSteps<Item, Result>(
  items: Iterable<Item>,
  convert: (item: Item, index: number) => Result,
): Steps<Result[]> {
  const results: Result[] = []
  for (const item of items) {
    results.push(convert(item, results.length))
    yield
  }
  return results
}

/** Resolves once the event loop has served what waited. A timer waits up to 4 ms on some hosts, so it is the second choice. */
export async function nextTurn(): Promise<void> {
  const { setImmediate = setTimeout } = globalThis as {
    setImmediate?: (callback: () => void) => unknown
  }
  await new Promise<void>((resolve) => void setImmediate(resolve))
  lastTurn = performance.now()
}
