import type { Page } from 'playwright-core'

/** One picture: how to reach what it shows. */
export interface Shot {
  /** The name of the file, without its form and ending. */
  readonly name: string
  /** The studio that it shows, if not that of the demo. */
  readonly of?: 'changes'
  /** Goes there, and waits until everything is shown. */
  open(page: Page, consoleUrl: string): Promise<void>
}

/** Opens the run whose preview is this text. */
async function openRun(page: Page, consoleUrl: string, preview: string): Promise<void> {
  await page.goto(`${consoleUrl}/runs`)
  await page.getByRole('link', { name: preview }).first().click()
  await page.getByRole('tab', { name: 'Waterfall' }).waitFor()
}

/** Opens the first approval that waits. */
async function openApproval(page: Page, consoleUrl: string): Promise<void> {
  await page.goto(`${consoleUrl}/approvals`)
  await page.getByRole('link', { name: 'refund_order' }).first().click()
  await page.getByLabel('cents').waitFor()
}

/** The pictures of `docs/images/console/`, a few for each page. */
export const shots: readonly Shot[] = [
  {
    name: 'runs',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/runs`)
      await page.getByRole('link', { name: 'Summarize order' }).first().waitFor()
    },
  },
  {
    name: 'run-transcript',
    async open(page, consoleUrl) {
      await openRun(page, consoleUrl, 'Refund 40 € of ORD-1001.')
      await page.getByText('Approved', { exact: true }).first().waitFor()
      await page.locator('details.tool-card summary').first().click()
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
    name: 'approvals',
    async open(page, consoleUrl) {
      await openApproval(page, consoleUrl)
      await page.getByLabel('cents').fill('1500')
      await page.getByText('What you change').waitFor()
    },
  },
  {
    name: 'approvals-decided',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/approvals?tab=resolved`)
      await page.getByRole('link', { name: 'refund_order' }).nth(2).click()
      await page.getByText('What was changed').waitFor()
    },
  },
  {
    name: 'chat',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/chat?list=1`)
      await page.getByRole('link', { name: 'ORD-1001 is late' }).click()
      await page.getByText('And what did the customer').waitFor()
      await page.locator('details.tool-card summary').last().click()
    },
  },
  {
    name: 'chat-new',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/chat`)
      await page.getByRole('button', { name: 'Summarize order ORD-1001.' }).waitFor()
    },
  },
  {
    name: 'chat-decision',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/chat`)
      await page.getByLabel('Message', { exact: true }).fill('Refund 18 € of ORD-1001.')
      await page.keyboard.press('Enter')
      await page.getByLabel('cents').waitFor()
    },
  },
  {
    name: 'overview',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/overview`)
      await page.getByText('Last hour').waitFor()
      await page.locator('.card progress').waitFor()
      await page.getByText('Round trip').waitFor()
      await page.getByText('Warning').waitFor()
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
      const input = encodeURIComponent('{"query":"order"}')
      await page.goto(`${consoleUrl}/tools?of=tool:search_schema&input=${input}`)
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
  {
    name: 'changes',
    of: 'changes',
    async open(page, consoleUrl) {
      await page.goto(`${consoleUrl}/changes`)
      await page.getByRole('link', { name: 'The agent answers' }).click()
      await page.getByText('Answer in the language').waitFor()
    },
  },
]
