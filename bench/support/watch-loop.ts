/** The longest block of the event loop, in milliseconds. */
export interface LoopBlock {
  /** As long as it lasted. On a busy machine it contains the time that other processes took. */
  readonly blocked: number
  /** The processor time of this process in the block with most of it, at most as long as that block. */
  readonly blockedCpu: number
}

const everyMs = 5

/** Watches the event loop by a timer of 5 ms until the returned function is called. */
export function watchLoop(): () => Promise<LoopBlock> {
  let blocked = 0
  let blockedCpu = 0
  let last = performance.now()
  let cpu = process.cpuUsage()
  const tick = () => {
    const now = performance.now()
    const { user, system } = process.cpuUsage(cpu)
    const gap = Math.max(0, now - last - everyMs)
    blocked = Math.max(blocked, gap)
    blockedCpu = Math.max(blockedCpu, Math.min(gap, (user + system) / 1_000))
    last = now
    cpu = process.cpuUsage()
  }
  const timer = setInterval(tick, everyMs)
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 2 * everyMs))
    clearInterval(timer)
    tick()
    return { blocked, blockedCpu }
  }
}
