import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'

let browser: Browser
beforeAll(async () => void (browser = await launchBrowser()))
afterAll(() => browser.close())

it('a page of Chromium loads the client', async () => {
  const { outputFiles } = await build({
    entryPoints: ['src/client.ts'],
    bundle: true,
    format: 'iife',
    globalName: 'studioClient',
    write: false,
  })
  const page = await browser.newPage()
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  expect(await page.evaluate('typeof studioClient.createStudioClient')).toBe('function')
})
