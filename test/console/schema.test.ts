import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openConsole, pressPair } from '../support/console.ts'
import { withPostgres } from '../support/postgres.ts'
import { hostileName, openSchemaConsole, shopTables } from '../support/schema-console.ts'

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

async function save(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}

describe('the pages of the schema', () => {
  const postgres = withPostgres()

  it('find a model by a field, show its page and every view of it, by keyboard', async () => {
    const { page, go, findAxeViolations } = await openSchemaConsole(postgres, shopTables)
    await go('/runs')
    await page.getByText('No runs yet').waitFor()
    await pressPair(page, 'g', 's')
    await page.getByRole('link', { name: 'Customer' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.keyboard.press('/')
    await page.locator('[type=search]:focus').waitFor()
    await page.keyboard.type('placed')
    await page.getByRole('link', { name: 'Customer' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?q=placed')
    await page.getByRole('link', { name: 'Order' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Schema / Order' }).waitFor()
    const panel = page.getByRole('tabpanel')
    await panel.getByText('customer_id').waitFor()
    expect(await findAxeViolations()).toEqual([])
    const next = async (text: string) => {
      await page.keyboard.press('ArrowRight')
      await panel.getByText(text).first().waitFor()
      expect(await findAxeViolations()).toEqual([])
    }
    await page.getByRole('tab', { name: 'Fields' }).focus()
    await next('is referred to by')
    await next('orders_open')
    await next('own_orders')
    expect(await panel.innerText()).toContain('CREATE TRIGGER orders_touch')
    await next('CREATE TABLE')
    await page.keyboard.press('ArrowRight')
    await panel.getByRole('link', { name: '→ Customer' }).click()
    await page.getByRole('heading', { name: 'Schema / Customer' }).waitFor()
  })

  it('draw the diagram, move in it, choose a model, show its neighbours and save it', async () => {
    const { page, go, findAxeViolations } = await openSchemaConsole(postgres, shopTables)
    await go('/schema?tab=diagram')
    const figure = (name: string) => page.getByRole('button', { name, exact: true })
    await figure('Country').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await figure('Customer').focus()
    await page.keyboard.press('Enter')
    await page.getByText('references 0, referenced by 1').waitFor()
    await page.getByRole('button', { name: 'Only its neighbours' }).click()
    await figure('Country').waitFor({ state: 'detached' })
    expect(await figure('Order').isVisible()).toBe(true)
    expect(new URL(page.url()).searchParams.get('focus')).toBe('shop.Customer')
    await page.reload()
    await figure('Order').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('button', { name: 'Whole schema' }).click()
    await figure('Country').waitFor()
    const before = await figure('Country').boundingBox()
    await page.keyboard.press('-')
    await expect.poll(() => figure('Country').boundingBox()).not.toEqual(before)
    const diagram = page.getByRole('group', { name: 'Entity-relationship diagram' })
    const frame = await diagram.boundingBox()
    const start = { x: (frame?.x ?? 0) + 10, y: (frame?.y ?? 0) + (frame?.height ?? 0) - 10 }
    const shrunk = await figure('Country').boundingBox()
    await page.mouse.move(start.x, start.y)
    await page.mouse.down()
    await page.mouse.move(start.x + 80, start.y - 30, { steps: 3 })
    await page.mouse.up()
    await expect
      .poll(async () =>
        Math.round(((await figure('Country').boundingBox())?.x ?? 0) - (shrunk?.x ?? 0)),
      )
      .toBe(80)
    expect(await page.getByText('references 0, referenced by 1').isVisible()).toBe(true)
    expect(await save(page, 'SVG')).toMatch(/^<svg [\s\S]*customer_id[\s\S]*<\/svg>\n$/)
    expect(await save(page, 'Mermaid')).toContain('"shop.Customer" ||--o{ "shop.Order"')
    await page.getByRole('link', { name: 'Open' }).click()
    await page.getByRole('heading', { name: 'Schema / Customer' }).waitFor()
  })

  it('show hostile names as text, at the width of a phone too', async () => {
    const statements = `create table ${quoted(hostileName)} (id int primary key, ${quoted(`x${hostileName}`)} int);
      comment on column ${quoted(hostileName)}.id is '<script>alert(1)</script>'`
    const { page, go, findAxeViolations } = await openSchemaConsole(postgres, statements, {
      viewport: { width: 375, height: 700 },
    })
    await go('/schema')
    const link = page.locator('.row-link')
    await link.waitFor()
    expect(await findAxeViolations()).toEqual([])
    await link.click()
    await page.getByRole('heading', { level: 1 }).getByText('img').waitFor()
    await page.getByRole('tabpanel').getByText('U+202E').first().waitFor()
    expect(await findAxeViolations()).toEqual([])
    expect(await page.evaluate(() => document.body.scrollWidth)).toBeLessThanOrEqual(375)
    await page.getByRole('link', { name: 'Show in the diagram' }).click()
    await page.getByRole('button', { name: 'Whole schema' }).waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    const svg = await save(page, 'SVG')
    expect(svg).not.toContain('<img')
    expect(svg).not.toContain('\u202E')
    expect(await page.evaluate(() => document.body.scrollWidth)).toBeLessThanOrEqual(375)
  })

  it('stay usable with 1,000 tables and 500 columns', async () => {
    const columns = Array.from({ length: 499 }, (_, index) => `c${index} int`).join(', ')
    const statements = `create table wide (id int primary key, ${columns});
      do $$ begin for i in 1..999 loop execute format('create table t%s (id int primary key, up int %s)', i,
        case when i % 3 > 0 then format('references t%s', greatest(i / 3, 1)) else '' end); end loop; end $$`
    const { page, go } = await openSchemaConsole(postgres, statements)
    await go('/schema?q=c498')
    await page.getByRole('link', { name: 'Wide' }).click()
    await page.getByText('500', { exact: true }).waitFor()
    expect(await page.locator('[data-row]').count()).toBeLessThan(80)
    await page.getByRole('searchbox').fill('c498')
    await page.getByRole('cell', { name: 'c498' }).waitFor()
    await go('/schema?tab=diagram')
    const figures = page.locator('.db-figure')
    await figures.first().waitFor()
    expect(await figures.count()).toBe(1_000)
    await page.getByRole('searchbox').fill('shop.t777')
    await page.keyboard.press('Enter')
    await page.getByText('shop.T777').waitFor()
    expect(await figures.count()).toBeLessThan(1_000)
  })

  it('say why they show nothing: failure, no right, unknown model, no project', async () => {
    const { page, go, answerWith } = await openSchemaConsole(postgres, shopTables)
    const body = JSON.stringify({
      error: { code: 'unavailable', message: 'No database', requestId: 'r-1' },
    })
    const mend = await answerWith(/context\/models/, { status: 503, body })
    await go('/schema')
    await page.getByText('The studio is busy').waitFor()
    await mend()
    await page.getByRole('button', { name: /^Retry/ }).click()
    await page.getByRole('link', { name: 'Customer' }).waitFor()
    await go('/schema/shop.Nothing')
    await page.getByText('It does not exist').waitFor()
    await answerWith(/context\/models/, {
      status: 403,
      body: '{"error":{"code":"forbidden","message":"No"}}',
    })
    await go('/schema?tab=diagram')
    await page.getByText('You may not see this').waitFor()
    const bare = await openConsole()
    await bare.go('/schema')
    await bare.page.getByRole('heading', { name: 'No models' }).waitFor()
    await bare.answerWith(/handshake/, { status: 404 })
    await bare.page.reload()
    await bare.page.getByText('Not offered here').waitFor()
    expect(await bare.page.getByRole('link', { name: 'Schema' }).count()).toBe(0)
  })
})
