import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BigStudio, startBigStudio } from '../../scripts/perf/big-studio.ts'
import { readRows } from '../../scripts/perf/frames.ts'
import { pacedModel } from '../../scripts/perf/paced-model.ts'
import { defineAgent } from '../../src/index.ts'
import { openConsole, openPage } from '../support/console.ts'

/** The most rows that a table may have in the page: those in sight, and a few above and below. */
const mostRows = 60

const sizes = { runs: 600, tables: 200, deltas: 100, spans: 500 }

describe('the console with a lot of data', () => {
  let big: BigStudio
  beforeAll(async () => {
    big = await startBigStudio(sizes)
  }, 120_000)
  afterAll(() => big.close())

  async function open(path: string) {
    const opened = await openPage(big.url, { width: 1280, height: 800 })
    const requests: string[] = []
    opened.page.on('request', (request) => requests.push(request.url()))
    await opened.go(path)
    await opened.page.locator('.table .row, .db-figure').first().waitFor()
    const rows = () => opened.page.locator('.table .row').count()
    const close = async () => {
      await opened.context.close()
      expect(opened.faults).toEqual([])
    }
    return { ...opened, requests, rows, close }
  }

  it('draws only the runs in sight, and reads each page of the list once', async () => {
    const { page, rows, requests, close } = await open('/runs')
    expect(await readRows(page, sizes.runs)).toBeGreaterThanOrEqual(sizes.runs)
    expect(await rows()).toBeLessThan(mostRows)
    const cursors = requests.flatMap((url) => new URL(url).searchParams.get('cursor') ?? [])
    expect(cursors.length).toBeGreaterThan(2)
    expect(new Set(cursors).size).toBe(cursors.length)
    await close()
  }, 60_000)

  it('draws only the models in sight, and less of the diagram the closer it is', async () => {
    const list = await open('/schema')
    expect(await list.rows()).toBeLessThan(mostRows)
    await list.close()
    const { page, requests, close } = await open('/schema?tab=diagram')
    const figures = page.locator('.db-figure')
    const keys = async () => (await page.locator('.db-links').first().getAttribute('d'))?.length
    const whole = await keys()
    expect(await figures.count()).toBe(sizes.tables)
    await page.mouse.move(640, 450)
    for (let step = 0; step < 30; step++) await page.mouse.wheel(0, -100)
    await expect.poll(() => figures.count()).toBeLessThan(40)
    expect(await keys()).toBeLessThan(whole ?? 0)
    expect(requests.filter((url) => url.includes('/ai/context/models'))).toHaveLength(1)
    await close()
  }, 60_000)

  it('draws only the spans, events and newest steps of a long run', async () => {
    const id = await big.makeTrace()
    const { page, rows, close } = await open(`/runs/${id}?tab=waterfall`)
    expect(await rows()).toBeLessThan(mostRows)
    await expect
      .poll(() => page.getByRole('table').getAttribute('aria-rowcount').then(Number))
      .toBeGreaterThan(sizes.spans)
    await page.getByRole('tab', { name: 'Log' }).click()
    await page.getByText('turn_start').first().waitFor()
    expect(await rows()).toBeLessThan(mostRows)
    await page.getByRole('tab', { name: 'Transcript' }).click()
    await page.getByText('Done.').waitFor()
    expect(await page.locator('.transcript > .column > *').count()).toBeLessThan(320)
    await close()
  }, 120_000)
})

const growing = [
  'Intro **bold',
  '** and `code`\n',
  '\n1. one\n\n2',
  '. two\n\n- x\n-',
  ' y\n-5 degrees\n\n|a|b|',
  '\n|--|--|\n|1|2|\n\n```js\nlet x',
  '\n\n# no heading\n``',
  '`\n> quote\n> more\n\n#',
  ' Title\r\n\r\n\n  \nEnd\nof *it*.\n***\nlast 🙂',
]
const pieces = growing.flatMap((part) => [...part])

describe('text that streams', () => {
  it('looks the same in pieces and as a whole', async () => {
    const model = pacedModel(pieces, 1)
    const { page, go, studio } = await openConsole({
      agents: [defineAgent({ id: 'writer', model })],
    })
    const answer = await studio.fetch('/agents/writer/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify({ message: 'Write.' }),
    })
    const { id } = (await answer.json()) as { id: string }
    await go(`/runs/${id}`)
    await page.getByText('Running').first().waitFor()
    await model.sendUntil(pieces.length)
    await page.getByText('Succeeded').first().waitFor()
    const markdown = page.locator('.markdown')
    await markdown.getByText('last 🙂').waitFor()
    const inPieces = await markdown.innerHTML()
    await page.reload()
    await markdown.getByText('last 🙂').waitFor()
    expect(inPieces).toBe(await markdown.innerHTML())
  }, 60_000)
})
