import type { CDPSession, Page } from 'playwright-core'

/** What the screen did while something happened. Times in milliseconds. */
export interface Frames {
  readonly count: number
  readonly p95: number
  readonly longest: number
  /** The longest task of the page; 0 if none took 50 ms. */
  readonly longestTask: number
}

interface Recording {
  readonly times: number[]
  readonly tasks: number[]
  stop(): void
}

type Recorder = typeof globalThis & { recording?: Recording }

/** Records the frames and the long tasks of a page while `act` runs. */
export async function recordFrames(page: Page, act: () => Promise<unknown>): Promise<Frames> {
  await page.evaluate(() => {
    const [times, tasks]: [number[], number[]] = [[], []]
    let isOn = true
    const tick = (time: number) => {
      times.push(time)
      if (isOn) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration)
    })
    observer.observe({ type: 'longtask' })
    const stop = () => {
      isOn = false
      for (const { duration } of observer.takeRecords()) tasks.push(duration)
      observer.disconnect()
    }
    ;(globalThis as Recorder).recording = { times, tasks, stop }
  })
  await act()
  const { times, tasks } = await page.evaluate(() => {
    const { recording } = globalThis as Recorder
    recording?.stop()
    return { times: recording?.times ?? [], tasks: recording?.tasks ?? [] }
  })
  const spans = times.slice(1).map((time, index) => time - (times[index] ?? time))
  const sorted = spans.toSorted((a, b) => a - b)
  return {
    count: sorted.length,
    p95: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
    longest: sorted.at(-1) ?? Number.NaN,
    longestTask: Math.max(0, ...tasks),
  }
}

/** Scrolls the table of a page by so many pixels in each of 180 frames, down and up again. */
export async function scrollTable(page: Page, step: number): Promise<void> {
  await page.evaluate(async (step) => {
    const table = document.querySelector('.table')
    if (!table) throw new Error('There is no table')
    for (let frame = 0; frame < 180; frame++) {
      await new Promise(requestAnimationFrame)
      table.scrollTop += frame < 120 ? step : -step
    }
  }, step)
}

/** Scrolls to the end of a table until it has so many rows, or no more come. */
export async function readRows(page: Page, wanted: number): Promise<number> {
  return page.evaluate(async (wanted) => {
    const table = document.querySelector('.table')
    const count = () =>
      Number(document.querySelector('[role="table"]')?.getAttribute('aria-rowcount')) - 1
    let since = performance.now()
    for (let known = count(); known < wanted && performance.now() - since < 10_000;) {
      table?.scrollTo(0, table.scrollHeight)
      await new Promise(requestAnimationFrame)
      if (count() === known) continue
      known = count()
      since = performance.now()
    }
    table?.scrollTo(0, 0)
    return count()
  }, wanted)
}

/** Returns the size of what a page keeps in memory, in megabytes. */
export async function readHeap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return usedSize / 1e6
}
