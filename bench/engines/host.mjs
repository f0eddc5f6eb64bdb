// What the programs of this folder have in common: the bench starts each in a process of its own and talks to it over IPC.

/** Connection string of the database of this engine. */
export const [, , url = ''] = process.argv

/**
 * Answers the bench: `{ units, inFlight }` runs so many units and returns the time and the CPU time of this process, both in
 * milliseconds. Exits when the bench disconnects.
 *
 * @param {(count: number, inFlight: number) => Promise<void>} runAll Resolves when so many units are stored as done.
 */
export function answerBench(runAll) {
  process.on('message', async ({ units, inFlight }) => {
    const start = performance.now()
    const before = process.cpuUsage()
    await runAll(units, inFlight)
    const { user, system } = process.cpuUsage(before)
    process.send?.({ ms: performance.now() - start, appMs: (user + system) / 1000 })
  })
  process.once('disconnect', () => process.exit(0))
  process.send?.('ready')
}

/**
 * Calls a function so many times, so many at once.
 *
 * @param {() => Promise<unknown>} run
 * @param {number} count
 * @param {number} inFlight
 */
export async function repeat(run, count, inFlight) {
  let left = count
  const work = async () => {
    while (left-- > 0) await run()
  }
  await Promise.all(Array.from({ length: inFlight }, work))
}

/**
 * Waits until all units have run and then until the database shows none that is open, so that the waiting costs the server little.
 *
 * @param {() => boolean} hasRunAll
 * @param {() => Promise<number>} countOpen
 */
export async function drained(hasRunAll, countOpen) {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 10))
  while (!hasRunAll()) await pause()
  while ((await countOpen()) > 0) await pause()
}
