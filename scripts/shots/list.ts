import type { Page } from 'playwright-core'

/** One picture: how to reach what it shows. */
export interface Shot {
  /** The name of the file, without its form and ending. */
  readonly name: string
  /** Goes there, and waits until everything is shown. */
  open(page: Page, consoleUrl: string): Promise<void>
}

/** Opens the run whose preview is this text. */
async function openRun(page: Page, consoleUrl: string, preview: string): Promise<void> {
  await page.goto(`${consoleUrl}/runs`)
  await page.getByRole('link', { name: preview }).first().click()
  await page.getByRole('tab', { name: 'Waterfall' }).waitFor()
}

/** The pictures of `docs/images/console/`, a few for each page. */
export const shots: readonly Shot[] = [
  {
    name: 'runs',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/runs`)
      await page.getByRole('link', { name: 'Summarize order' }).waitFor()
    },
  },
  {
    name: 'run-transcript',
    async open(page, consoleUrl) {
      await openRun(page, consoleUrl, 'Refund 40 € of ORD-1001.')
      await page.getByText('Approved', { exact: true }).first().waitFor()
      await page.locator('details.tool summary').first().click()
    },
  },
  {
    name: 'run-waterfall',
    async open(page, consoleUrl) {
      await openRun(page, consoleUrl, 'Refund 40 € of ORD-1001.')
      await page.getByRole('tab', { name: 'Waterfall' }).click()
      await page.getByRole('button', { name: 'refund_order' }).last().click()
      await page.getByRole('complementary').waitFor()
    },
  },
  {
    name: 'run-failed',
    async open(page, consoleUrl) {
      await openRun(page, consoleUrl, 'Where is order ORD-1003?')
      await page.getByText('The run failed').first().waitFor()
    },
  },
  {
    name: 'data',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/data/orders.Order?sort=-placed_at`)
      await page.getByText('Rows 1–').waitFor()
    },
  },
  {
    name: 'data-row',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/data/orders.Order?sort=number&row=0`)
      await page.getByRole('complementary').waitFor()
    },
  },
  {
    name: 'data-plan',
    async open(page, consoleUrl) {
      const where = encodeURIComponent('[["status","exact","open"]]')
      await page.goto(`${consoleUrl}/data/orders.Order?where=${where}&tab=plan`)
      await page.getByRole('row', { name: /Scan/ }).first().waitFor()
    },
  },
  {
    name: 'api',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/api?route=listRuns&p.limit=2`)
      await page.getByRole('button', { name: 'Send' }).click()
      await page.getByText('200', { exact: true }).first().waitFor()
    },
  },
  {
    name: 'tools',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/tools?of=tool:search_schema&a.query=order`)
      await page.getByRole('button', { name: 'Call the tool' }).click()
      await page.getByText('Succeeded').waitFor()
    },
  },
  {
    name: 'tools-agent',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/tools?of=agent:support-operations`)
      await page.getByText('Asks a person first').waitFor()
    },
  },
  {
    name: 'tools-connect',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/tools?of=connect&as=editors`)
      await page.getByText('mcpServers').waitFor()
    },
  },
]
