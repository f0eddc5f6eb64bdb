// Takes the pictures of docs/images/console/: npm run console:shots, or `-- runs` for those whose name holds a text.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { makeFirstRuns } from '../examples/support-desk/first-runs.ts'
import { makeMishaps } from '../examples/support-desk/mishaps.ts'
import { startSupportDesk } from '../examples/support-desk/start.ts'
import { launchBrowser } from '../test/support/browser.ts'
import { startChangesDemo } from './shots/changes.ts'
import { shots } from './shots/list.ts'

const folder = join(process.cwd(), 'docs/images/console')

/** Each picture is taken in these forms. */
const forms = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'narrow', colorScheme: 'light', width: 375, height: 720 },
] as const

/** The addresses of the consoles that are shown. */
interface Consoles {
  readonly demo: string
  readonly changes: string
}

async function takeShots(browser: Browser, urls: Consoles, only: string): Promise<void> {
  for (const { name: form, colorScheme, width, height } of forms) {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
    })
    const page = await context.newPage()
    for (const { name, open, of = 'demo' } of shots.filter((shot) => shot.name.includes(only))) {
      await open(page, urls[of])
      await page.waitForTimeout(200) // fonts and the last frame
      await page.screenshot({ path: join(folder, `${name}-${form}.png`) })
      console.log(`${name}-${form}.png`)
    }
    await context.close()
  }
}

mkdirSync(folder, { recursive: true })
const desk = await startSupportDesk({ port: 0 })
await makeMishaps(desk)
await makeFirstRuns(desk.studio)
const changes = await startChangesDemo()
const browser = await launchBrowser()
try {
  const urls = { demo: `${desk.url}/console`, changes: `${changes.url}/console` }
  await takeShots(browser, urls, process.argv[2] ?? '')
} finally {
  await browser.close()
  await changes.close()
  await desk.close()
}
