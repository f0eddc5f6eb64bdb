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
    name: 'schema',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/schema`)
      await page.getByRole('link', { name: 'OrderItem' }).waitFor()
    },
  },
  {
    name: 'model',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/schema/orders.Order`)
      await page.getByText('customer_id').waitFor()
    },
  },
  {
    name: 'diagram',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/schema?tab=diagram&focus=orders.Order`)
      await page.getByText('orders.Order', { exact: true }).waitFor()
    },
  },
  {
    name: 'health',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/health`)
      await page
        .getByRole('link', { name: /foreign key/ })
        .first()
        .click()
      await page.getByText('Why it matters').waitFor()
    },
  },
  {
    name: 'migrations',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/migrations?migration=orders.0003_order_notes`)
      await page.getByText('What the state rests on').waitFor()
    },
  },
  {
    name: 'drift',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/health?tab=drift&table=suppliers`)
      await page.getByRole('rowheader', { name: 'rating' }).waitFor()
    },
  },
]
