import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStudioClient, type StreamedEvent } from '../../src/client.ts'
import { useApprovals, useRun, useSession } from '../../src/react.ts'
import { toRunView } from '../../src/react/run-view.ts'
import { launchBrowser } from '../support/browser.ts'
import { installTool } from '../support/tools.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

let browser: Browser
beforeAll(async () => void (browser = await launchBrowser()))
afterAll(() => browser.close())

/** Opens a page with the program of `react-page.ts`, and React from this folder of packages. */
async function openPage(modules: string | null): Promise<{ page: Page; errors: string[] }> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { tests } from './react-page.ts'\nglobalThis.tests = tests`,
      resolveDir: here,
      loader: 'ts',
    },
    bundle: true,
    format: 'iife',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"development"' }, // strict mode mounts twice in development
    ...(modules === null
      ? {}
      : { alias: { react: join(modules, 'react'), 'react-dom': join(modules, 'react-dom') } }),
    external: ['node:*'],
    write: false,
  })
  const page = await browser.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  await page.route('http://localhost/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><body></body>' }),
  )
  await page.goto('http://localhost/')
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  return { page, errors }
}

const names = [
  'useRun follows a run, each event once, although strict mode mounts twice',
  'useRun starts a run, and gathers its events into few renders',
  'useRun with a client made in each render reads a run once',
  'useRun closes its stream when it unmounts, and the run goes on',
  'useRun shows how a run ended',
  'useApprovals shows what waits, and a decision lets the run go on',
  'useSession shows the conversation, and a message in it once',
  'useSession names why a session cannot be read',
]

describe.each([
  { version: '19', install: async () => null },
  { version: '18', install: () => installTool('react18', 'react@18.3.1 react-dom@18.3.1') },
])('the hooks in Chromium with React $version', ({ install }) => {
  let opened: { page: Page; errors: string[] }
  beforeAll(async () => void (opened = await openPage(await install())))

  it('the list of tests is that of the page', async () => {
    expect(await opened.page.evaluate('Object.keys(tests)')).toEqual(names)
  })

  it.each(names)('%s', async (name) => {
    await opened.page.evaluate(`tests[${JSON.stringify(name)}]()`)
    expect(opened.errors.splice(0)).toEqual([])
  })
})

describe('the hooks', () => {
  it('the hooks render on a server without a request', () => {
    const client = createStudioClient({ fetch: () => Promise.reject(new Error('asked')) })
    const Probe = () => {
      const { status } = useRun(client, 'some-run')
      const { isLoading } = useSession(client, 'some-session')
      const { approvals } = useApprovals(client)
      return createElement('p', null, `${status} ${isLoading} ${approvals.length}`)
    }
    expect(renderToString(createElement(Probe))).toBe('<p>idle true 0</p>')
  })

  it('a view shows which approvals a run waits for, and none after its end', () => {
    const request = { type: 'tool_approval_request', approval: { id: 'a' }, seq: 0 }
    const waiting = { type: 'run_waiting', approvalIds: ['a'], seq: 1 }
    const cancelled = { type: 'cancelled', runId: 'r', seq: 2 }
    const view = (...events: object[]) => toRunView('r', events as StreamedEvent[], null)
    expect(view(request, waiting)).toMatchObject({ status: 'waiting', approvals: [{ id: 'a' }] })
    expect(view(request, waiting, cancelled)).toMatchObject({ status: 'cancelled', approvals: [] })
  })
})
