import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, expect, onTestFinished, vi } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import type { Agent } from '../../src/agents/agent.ts'
import { consoleAssets } from '../../src/console.ts'
import { Studio, type StudioOptions } from '../../src/index.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { launchBrowser } from './browser.ts'
import { memoryKind, type StoreKind } from './stores.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

vi.setConfig({ testTimeout: 180_000 }) // a browser on a busy machine

let launched: ReturnType<typeof launchBrowser> | undefined
afterAll(async () => (await launched)?.close())

/** Options of a console under test, besides those of its studio. */
export interface ConsoleOptions extends Omit<StudioOptions, 'stores'> {
  readonly agents?: readonly Agent[]
  /** The store backend. @default in memory */
  readonly store?: StoreKind
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** A page of a real browser that shows the console of a studio behind a socket. */
export interface ConsolePage {
  readonly page: Page
  readonly studio: Studio
  /** The address of the console, without a slash at the end. */
  readonly url: string
  /** Goes to a place of the console, such as `/runs?status=failed`. */
  go(to: string): Promise<void>
  /** Runs axe in both themes, and names every violation with its elements. */
  findAxeViolations(): Promise<string[]>
  /** Answers requests to the API itself, as a proxy may: `break('**​/runs*', { status: 503 })`. Returns a function that stops it. */
  answerWith(
    pattern: RegExp,
    answer: { readonly status: number; readonly body?: string } | 'abort',
  ): Promise<() => Promise<void>>
  /** What must not happen: violations of the policy, errors on the console of the browser, requests to other hosts. */
  readonly faults: string[]
}

/**
 * Serves a studio with its console on `node:http` and opens it in Chromium. The test fails at its end if there was a violation
 * of the policy, an error, or a request to another host. Both are closed with the test.
 */
export async function openConsole({
  agents = [],
  store = memoryKind,
  viewport = { width: 1280, height: 800 },
  ...options
}: ConsoleOptions = {}): Promise<ConsolePage> {
  const { stores, stop } = await store.create(systemClock)
  const studio = new Studio(agents, {
    stores,
    shutdownMs: 0,
    console: consoleAssets(),
    ...options,
  })
  const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
  const opened = await openPage(`${serving.url}${studio.basePath}/console`, viewport)
  onTestFinished(async () => {
    const { faults } = opened
    await opened.context.close()
    await serving.close()
    await stop()
    expect(faults).toEqual([])
  })
  return { ...opened, studio }
}

/** Opens a console that is served already. The caller closes the context and looks at the faults. */
export async function openPage(
  url: string,
  viewport: { readonly width: number; readonly height: number },
) {
  const browser = await (launched ??= launchBrowser())
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', locale: 'en-GB' })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000) // a busy machine
  const faults: string[] = []
  await collectFaults(context, page, { origin: new URL(url).origin, faults })
  return {
    page,
    context,
    url,
    faults,
    go: async (to: string) => void (await page.goto(url + to)),
    findAxeViolations: () => findAxeViolations(page),
    async answerWith(
      pattern: RegExp,
      answer: { readonly status: number; readonly body?: string } | 'abort',
    ) {
      await page.route(pattern, (route) => {
        if (route.request().resourceType() === 'document') return route.fallback()
        if (answer === 'abort') return route.abort()
        return route.fulfill({ contentType: 'application/json', body: '', ...answer })
      })
      return () => page.unroute(pattern)
    },
  }
}

/** Presses two keys that belong together, such as `g r`, as fast as a person: the pair has a time limit. */
export async function pressPair({ keyboard }: Page, first: string, second: string): Promise<void> {
  await Promise.all([keyboard.press(first), keyboard.press(second)])
}

async function collectFaults(
  context: BrowserContext,
  page: Page,
  { origin, faults }: { readonly origin: string; readonly faults: string[] },
): Promise<void> {
  await context.exposeFunction('reportViolation', (text: string) => void faults.push(text))
  await context.addInitScript(() => {
    const report = (globalThis as unknown as { reportViolation(text: string): void })
      .reportViolation
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      report(`policy: ${effectiveDirective} ${blockedURI} ${sample}`),
    )
  })
  page.on('pageerror', (error) => faults.push(`error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    // The browser itself writes a line for each answer from 400 on, and for each failed request.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) faults.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(data|blob):/.test(url)) faults.push(`request: ${url}`)
  })
}

interface AxeRun {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
  }[]
}

async function findAxeViolations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.evaluate(axe)
    const { violations } = await page.evaluate(async (): Promise<AxeRun> => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeRun> } }
      return axe.run({ resultTypes: ['violations'] })
    })
    found.push(
      ...violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${theme} ${id}: ${html}\n${failureSummary ?? ''}`),
      ),
    )
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  return found
}
