import type { Browser, Page } from 'playwright-core'
import { median, timed } from '../../bench/support/report.ts'
import { layOutDiagram } from '../../src/console/pages/schema/layout.ts'
import { type DiagramModel, keyOf, linksAmong } from '../../src/console/pages/schema/models.ts'
import { launchBrowser } from '../../test/support/browser.ts'
import type { BigStudio, Sizes } from './big-studio.ts'
import { type Frames, readHeap, readRows, recordFrames, scrollTable } from './frames.ts'

/** One figure beside its limit; null if it has none. */
export interface Figure {
  readonly what: string
  readonly measured: number
  readonly unit: 'ms' | 'MB' | ''
  readonly limit: number | null
}

/** What is measured, and where. */
export interface Subject {
  readonly big: BigStudio
  readonly browser: Browser
  readonly sizes: Sizes
  note(figure: Figure): void
}

const viewport = { width: 1280, height: 800 }

/** Until the first page shows, and frames while something moves. */
const [firstPageMs, frameMs] = [1_000, 50]

/** The longest that a page may not answer to a key while something moves: a person notices more. */
const taskMs = 200

/** What a page may keep of each delta, in kB: the event itself for the log, and its text. */
const deltaKb = 0.5

async function withPage(
  { browser, big }: Subject,
  path: string,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ viewport, locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(big.url + path)
  await act(page)
  await context.close()
}

function noteFrames({ note }: Subject, what: string, { count, p95, longestTask }: Frames): void {
  note({ what: `${what}, p95 of ${count} frames`, measured: p95, unit: 'ms', limit: frameMs })
  note({ what: `${what}, longest task`, measured: longestTask, unit: 'ms', limit: taskMs })
}

/** How many browsers are started for each page. */
const rounds = 5

/** Opens pages in browsers that have just started, with an empty profile, and waits for their heading and first data. */
export async function measureFirstPages({ big, note }: Subject): Promise<void> {
  const pages = { overview: '.card-facts', runs: '.table .row', schema: '.table .row' }
  for (const [path, data] of Object.entries(pages)) {
    const took: number[] = []
    for (let round = 0; round < rounds; round++) {
      const browser = await launchBrowser()
      const page = await browser.newPage({ viewport })
      await page.goto(`${big.url}/${path}`, { waitUntil: 'commit' })
      const shown = await page.waitForFunction(
        (data) =>
          document.querySelector('h1') !== null &&
          document.querySelector(data) !== null &&
          performance.now(), // since the navigation began
        data,
      )
      took.push(Number(await shown.jsonValue()))
      await browser.close()
    }
    const what = `first page, ${path}, p50 of ${rounds} cold browsers`
    note({ what, measured: median(took), unit: 'ms', limit: firstPageMs })
    note({ what: 'the same, slowest', measured: Math.max(...took), unit: 'ms', limit: null })
  }
}

/** Scrolls the lists of all runs and of all models. */
export async function measureLists(subject: Subject): Promise<void> {
  await withPage(subject, '/runs', async (page) => {
    await page.locator('.table .row').first().waitFor()
    const known = await readRows(page, subject.sizes.runs)
    const frames = await recordFrames(page, () => scrollTable(page, 400))
    noteFrames(subject, `scroll ${known} runs`, frames)
    const rows = await page.locator('.table .row').count()
    subject.note({ what: 'rows of it in the page', measured: rows, unit: '', limit: 60 })
  })
  await withPage(subject, '/schema', async (page) => {
    await page.locator('.table .row').first().waitFor()
    const frames = await recordFrames(page, () => scrollTable(page, 400))
    noteFrames(subject, `scroll ${subject.sizes.tables} models`, frames)
  })
}

/** Opens, moves and zooms the diagram of all tables. */
export async function measureDiagram(subject: Subject): Promise<void> {
  const { big, note, sizes } = subject
  const answer = await big.studio.fetch(new Request('http://localhost/ai/context/models'))
  const { models } = (await answer.json()) as { models: readonly DiagramModel[] }
  const boxes = models.map((model) => ({
    id: keyOf(model),
    width: 230,
    height: 30 + 20 * model.fields.length,
  }))
  const links = linksAmong(models)
  const layout = await timed(async () => layOutDiagram(boxes, links))
  const what = `layout of ${boxes.length} tables and ${links.length} keys`
  note({ what, measured: layout, unit: 'ms', limit: 250 })
  await withPage(subject, '/schema', async (page) => {
    await page.locator('.table .row').first().waitFor()
    const shown = await timed(async () => {
      await page.getByRole('tab', { name: 'Diagram' }).click()
      await page.locator('.db-figure').first().waitFor()
    })
    const what = `diagram of ${sizes.tables} tables, from the click until it is drawn`
    note({ what, measured: shown, unit: 'ms', limit: 2_000 })
    await page.mouse.move(640, 450)
    noteFrames(subject, 'pan the whole diagram', await recordFrames(page, () => pan(page)))
    noteFrames(subject, 'zoom in and out', await recordFrames(page, () => zoom(page)))
  })
}

async function pan(page: Page): Promise<void> {
  await page.mouse.down()
  await page.mouse.move(340, 250, { steps: 60 })
  await page.mouse.move(740, 550, { steps: 60 })
  await page.mouse.up()
}

async function zoom(page: Page): Promise<void> {
  for (let step = 0; step < 60; step++) await page.mouse.wheel(0, step < 30 ? -100 : 100)
}

/** Opens the longest trace and scrolls its waterfall and its log. */
export async function measureTrace(subject: Subject): Promise<void> {
  const id = await subject.big.makeTrace()
  await withPage(subject, `/runs/${id}?tab=waterfall`, async (page) => {
    const shown = page.locator('.table .row').first()
    const took = await timed(() => shown.waitFor())
    const what = `waterfall of ${subject.sizes.spans} spans, until it is drawn`
    subject.note({ what, measured: took, unit: 'ms', limit: 2_000 })
    await page.waitForTimeout(1_000) // the events of the run
    const spans = Number(await page.getByRole('table').getAttribute('aria-rowcount')) - 1
    const scroll = () => scrollTable(page, 400)
    noteFrames(subject, `scroll ${spans} spans`, await recordFrames(page, scroll))
    await page.getByRole('tab', { name: 'Log' }).click()
    const events = Number(await page.getByRole('table').getAttribute('aria-rowcount')) - 1
    noteFrames(subject, `scroll ${events} events`, await recordFrames(page, scroll))
    const switching = async () => {
      await page.getByRole('tab', { name: 'Transcript' }).click()
      await page.locator('.tool-card').last().waitFor()
    }
    const { longestTask } = await recordFrames(page, switching)
    subject.note({
      what: 'its transcript, longest task',
      measured: longestTask,
      unit: 'ms',
      limit: taskMs,
    })
  })
}

/** Follows a run that streams, and measures frames and memory at its start, in its middle and at its end. */
export async function measureStream(subject: Subject): Promise<void> {
  const { big, sizes, note } = subject
  const id = await big.startStream()
  const heap: number[] = []
  await withPage(subject, `/runs/${id}`, async (page) => {
    const session = await page.context().newCDPSession(page)
    await page.locator('.transcript').waitFor()
    const parts = [20, sizes.deltas / 2, sizes.deltas]
    for (const [part, until] of parts.entries()) {
      const frames = await recordFrames(page, async () => {
        await big.model.sendUntil(until)
        await page.waitForTimeout(500)
      })
      if (part > 0) noteFrames(subject, `stream, deltas up to ${until}`, frames)
      heap.push(await readHeap(session))
    }
  })
  const [start = 0, middle = 0, end = 0] = heap
  const megabytes = { unit: 'MB', limit: null } as const
  note({ what: 'heap of the page, start of the stream', measured: start, ...megabytes })
  note({ what: 'heap of the page, middle', measured: middle, ...megabytes })
  note({ what: 'heap of the page, end', measured: end, ...megabytes })
  const perDelta = ((end - start) * 1e6) / sizes.deltas / 1_000
  note({ what: 'kB that it grew by for each delta', measured: perDelta, unit: '', limit: deltaKb })
}
