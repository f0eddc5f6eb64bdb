import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sql } from 'postgres'
import { defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { createRefundTool, createSupport } from '../support/agents.ts'
import { openConsole } from '../support/console.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

let sql: Sql
beforeAll(async () => {
  sql = (await createSharedDatabase()).sql
  await sql.unsafe('create table customers (id int primary key, name text not null)')
})
afterAll(() => sql.end())

const seen: string[] = []
const app = {
  fetch: async (request: Request) => {
    seen.push(`${request.method} ${new URL(request.url).pathname}`)
    return Response.json({ results: [{ id: 1, name: '<b>Ada</b> \u202E' }], count: 1 })
  },
}

const open = (options: Parameters<typeof openConsole>[0] = {}) => {
  const { tool } = createRefundTool()
  return openConsole({
    agents: [createSupport([], { tools: [tool] }).agent],
    project: defineProject({
      name: 'Shop & Söhne',
      apps: [{ label: 'shop', models: databaseModels() }],
      resources: [{ model: 'Customer', prefix: '/api/customers' }],
      app,
    }),
    database: postgresDatabase(sql),
    allow: ['write_data'],
    ...options,
  })
}

describe('the tools of the project and of its agents', () => {
  it('calls a tool that reads, by the keyboard alone, and keeps the arguments in the address', async () => {
    const { page, go } = await open()
    await go('/tools')
    await page.getByLabel('Search tools').fill('describe')
    await page.getByRole('link', { name: 'describe_model' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('model').focus()
    await page.keyboard.press('Enter')
    await page.getByText('model is needed').waitFor()
    await page.keyboard.type('Customer')
    await page.keyboard.press('Enter')
    await page.getByText('Succeeded').waitFor()
    await page.getByText('customers', { exact: true }).first().waitFor()
    await page.reload()
    expect(await page.getByLabel('model').inputValue()).toBe('Customer')
    await page.getByLabel('model').fill('Unknown')
    await page.getByRole('button', { name: 'Call the tool' }).click()
    await page
      .getByText(/404|400/)
      .first()
      .waitFor()
  })

  it('asks before a tool that writes, and shows what the application answered', async () => {
    const { page, go } = await open()
    await go('/tools?of=tool:customer_delete')
    const call = page.getByRole('button', { name: 'Call the tool' })
    await page.getByText('May delete').waitFor()
    const [field] = await page.getByRole('textbox').all()
    await field?.fill('1')
    expect(await call.getAttribute('aria-disabled')).toBe('true')
    await page.getByLabel('It may change data. I want it to.').check()
    seen.length = 0
    await call.click()
    await page.getByText(/Succeeded/).waitFor()
    expect(seen).toEqual(['DELETE /api/customers/1'])
    await go('/tools?of=tool:customer_list')
    await call.click()
    await page.getByText('<b>Ada</b>').waitFor()
    await page.getByText('U+202E').waitFor()
  })

  it('says why a tool cannot be called', async () => {
    const { page, go } = await open({ allow: [] })
    await go('/tools?of=tool:customer_delete')
    await page.getByText('This deployment cannot run it').waitFor()
    const call = page.getByRole('button', { name: 'Call the tool' })
    expect(await call.getAttribute('aria-disabled')).toBe('true')
  })

  it('shows the model, the limits, the tools and the approval policy of an agent', async () => {
    const { page, go, findAxeViolations } = await open()
    await go('/tools')
    await page.getByRole('heading', { name: 'Support', level: 1 }).waitFor()
    await page.getByText('Asks a person first').waitFor()
    await page.getByRole('region', { name: 'refund' }).getByText('Schema of the arguments').click()
    await page.getByText('orderId').first().waitFor()
    expect(await findAxeViolations()).toEqual([])
  })

  it('shows how MCP clients connect, and never the token', async () => {
    const { page, go } = await open({ auth: { token: 'open-sesame' } })
    await go('/tools?of=connect#token=open-sesame')
    await page.getByText('claude mcp add --transport http shop-s-hne').waitFor()
    await page.getByRole('button', { name: 'Cursor, VS Code' }).click()
    await page.getByText('/ai/mcp').waitFor()
    await page.getByRole('button', { name: 'Programs over stdio' }).click()
    await page.getByText('STUDIO_TOKEN').waitFor()
    expect(await page.content()).not.toContain('open-sesame')
  })

  it('has a state for an unknown tool, a failure, a refusal and a deployment without tools', async () => {
    const { page, go, answerWith } = await open()
    await go('/tools?of=tool:unknown')
    await page.getByText('This tool does not exist here').waitFor()
    const mend = await answerWith(/ai\/tools$/, { status: 503, body: '{}' })
    await page.reload()
    await page.getByRole('button', { name: /Retry/ }).waitFor()
    await mend()
    await page.getByRole('button', { name: /Retry/ }).click()
    await page.getByText('This tool does not exist here').waitFor()
    await answerWith(/ai\/tools$/, { status: 403, body: '{}' })
    await page.reload()
    await page.getByText('You may not see this').waitFor()
    expect(await page.getByRole('button', { name: 'Call the tool' }).count()).toBe(0)
    const bare = await openConsole()
    await bare.answerWith(/studio\/handshake/, { status: 404, body: '{}' })
    await bare.go('/tools')
    await bare.page.getByText(/No tools here|Not offered here/).waitFor()
  })

  it('works at 375 px, without a violation of axe in both themes', async () => {
    const { page, go, findAxeViolations } = await open()
    await go('/tools?of=tool:customer_create')
    await page.getByRole('button', { name: 'Call the tool' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.setViewportSize({ width: 375, height: 720 })
    await page.getByRole('link', { name: 'Tools and agents' }).click()
    await page.getByRole('link', { name: 'customer_list' }).click()
    await page.getByRole('button', { name: 'Call the tool' }).click()
    await page.getByText(/Succeeded/).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    expect(await findAxeViolations()).toEqual([])
  })
})
