import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/** Starts a headless Chromium: that of npm on Linux x64, elsewhere the one that `CHROME_PATH` names. The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const { CHROME_PATH } = process.env
  if (CHROME_PATH !== undefined) return playwright.launch({ executablePath: CHROME_PATH })
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('Set CHROME_PATH to the executable of Chrome or Chromium')
  }
  const executablePath = await chromium.executablePath()
  // Not `chromium.args`: they put everything into one process, which ends with the first context, and switch checks off.
  return playwright.launch({ executablePath, args: ['--no-sandbox'], headless: true })
}
