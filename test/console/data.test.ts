import { readFile } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { openConsole } from '../support/console.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

const rtl = '\u202Eevil\u200B'
const hostile = `<img src=x onerror=alert(1)> ${rtl} "quoted", =1+1`

let sql: Sql
beforeAll(async () => {
  sql = (await createSharedDatabase()).sql
  const wide = Array.from({ length: 500 }, (_, index) => `c${index} int default ${index}`).join()
  await sql.unsafe(`
    create table customers (id int primary key, name text not null, password text, facts jsonb, tags text[]);
    create table orders (id int primary key, customer_id int not null references customers, total_cents numeric(10, 0),
      is_open boolean, placed_at timestamptz not null default '2026-01-02T03:04:05Z');
    create table order_items (order_id int references orders, line int, description text, primary key (order_id, line));
    create table "<script>alert(1)</script> 🛒" (id int primary key, "it's ""quoted""" text);
    insert into "<script>alert(1)</script> 🛒" values (1, 'safe');
    create table wide (${wide});
    insert into wide default values;
    insert into customers select n, 'Customer ' || n, 'secret-value', '{"vip": true}', '{a,b}' from generate_series(1, 60) n;
    insert into orders select n, 1 + n % 60, n * 100, n % 2 = 0 from generate_series(1, 10000) n;
    insert into order_items select n, 1, 'Line of ' || n from generate_series(1, 100) n;
    insert into order_items values (1, 2, repeat('x', 2000000))`)
  await sql`update customers set name = ${hostile} where id = 2`
  await sql`update customers set name = '=cmd()' where id = 3`
})
afterAll(() => sql.end())

const open = (options: Parameters<typeof openConsole>[0] = {}) =>
  openConsole({
    project: defineProject({ name: 'Shop', apps: [{ label: 'shop', models: databaseModels() }] }),
    database: postgresDatabase(sql),
    allow: ['read_data'],
    ...options,
  })

describe('the rows of models', () => {
  it('filters, sorts, pages and counts, and keeps all of it in the address', async () => {
    const { page, go } = await open()
    await go('/data')
    await page.getByRole('link', { name: 'Order', exact: true }).click()
    await page.getByText('Rows 1–50').waitFor()
    await page.getByRole('button', { name: 'Next page' }).click()
    await page.getByText('Rows 51–100').waitFor()
    await page.getByRole('button', { name: 'Sort by total_cents' }).click()
    await page.getByRole('button', { name: 'Sort by total_cents, ascending' }).click()
    await page.getByRole('button', { name: 'Sort by total_cents, descending' }).waitFor()
    await page.getByRole('cell', { name: '1000000' }).waitFor()
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByLabel('Field').selectOption('total_cents')
    await page.getByLabel('Condition').selectOption('between')
    await page.getByLabel('Value').fill('100, 300')
    await page.keyboard.press('Enter')
    await page.getByText('Rows 1–3').waitFor()
    await page.getByRole('button', { name: 'Count all' }).click()
    await page.getByText('of 3').waitFor()
    await page.reload()
    await page.getByText('Rows 1–3').waitFor()
    expect(await page.getByRole('cell', { name: /^\d00$/ }).allTextContents()).toEqual([
      '300',
      '200',
      '100',
    ])
    await page.getByRole('button', { name: 'Remove the filter on total_cents' }).click()
    await page.getByText('Rows 1–50').waitFor()
  })

  it('follows relations both ways by the keyboard alone', async () => {
    const { page, go, url } = await open()
    await go('/data/shop.Order?where=[["id","exact","59"]]')
    await page.getByText('Rows 1–1').waitFor()
    await page.keyboard.press('j')
    await page.locator('a.row-link:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').locator('button:focus').waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Customer', level: 1 }).waitFor()
    await page.getByRole('cell', { name: 'Customer 60' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`${new URL(url).pathname}/data/shop.Customer`)
    await page.keyboard.press('j')
    await page.locator('a.row-link:focus').waitFor()
    await page.keyboard.press('Enter')
    await page
      .getByRole('complementary')
      .getByRole('link', { name: /order_by_customer/ })
      .click()
    await page.getByRole('heading', { name: 'Order', level: 1 }).waitFor()
    await page.getByText('Rows 1–50').waitFor()
    await page.getByRole('link', { name: '60', exact: true }).first().waitFor()
    await page.goBack()
    await page.getByRole('complementary', { name: 'Row 1' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary').waitFor({ state: 'detached' })
  })

  it('shows the query plan, and downloads what is shown as CSV and JSON', async () => {
    const { page, go } = await open()
    const ids = encodeURIComponent('[["id","lte","3"]]')
    await go(`/data/shop.Customer?where=${ids}&sort=id&fields=["id","name"]`)
    await page.getByText('Rows 1–3').waitFor()
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the shown rows as CSV' }).click(),
    ])
    expect(csv.suggestedFilename()).toBe('shop.Customer.csv')
    expect(await readFile(await csv.path(), 'utf8')).toBe(
      `id,name\r\n1,Customer 1\r\n2,"${hostile.replaceAll('"', '""')}"\r\n3,'=cmd()\r\n`,
    )
    const [json] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the shown rows as JSON' }).click(),
    ])
    expect(JSON.parse(await readFile(await json.path(), 'utf8'))).toMatchObject([
      { id: 1 },
      { id: 2, name: hostile },
      { id: 3 },
    ])
    await page.getByRole('tab', { name: 'Query plan' }).click()
    await page
      .getByText('from "public"."customers"')
      .or(page.getByText(/select .*customers/))
      .first()
      .waitFor()
    await page.getByRole('row', { name: /Scan/ }).first().waitFor()
  })

  it('withholds sensitive fields, and shows hostile names and values as text', async () => {
    const { page, go, findAxeViolations } = await open()
    await go('/data/shop.Customer?sort=id')
    await page.getByText('Rows 1–50').waitFor()
    expect(await page.content()).not.toMatch(/secret-value|password/)
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    await page.getByText('U+202E').first().waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('link', { name: 'Open the row 2', exact: true }).click()
    await page.getByRole('complementary').getByText('vip').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByLabel('Search models').fill('script')
    await page.getByRole('navigation', { name: 'Models' }).getByRole('link').click()
    await page.getByRole('cell', { name: 'safe' }).waitFor()
    await go('/data/shop.OrderItem?where=[["line","exact","2"]]&row=0')
    await page.getByText(/Cut. The whole value has 2,000,/).waitFor()
  })

  it('shows 30 of 500 fields, and others when they are chosen', async () => {
    const { page, go, findAxeViolations } = await open()
    await go('/data/shop.Wide')
    await page.getByText('Rows 1–1').waitFor()
    expect(await page.getByRole('columnheader').count()).toBe(31)
    await page.getByRole('button', { name: 'Fields 30/500' }).click()
    await page.getByLabel('Search fields').fill('c499')
    await page.getByRole('checkbox').check()
    expect(await findAxeViolations()).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('cell', { name: '499' }).waitFor()
  })

  it('says what is wrong with a filter, a model, the network and the rights', async () => {
    const { page, go, answerWith } = await open()
    await go('/data/shop.Order?where=[["id","exact","many"]]')
    await page.getByRole('alert').getByText(/id/).waitFor()
    await page.getByRole('button', { name: 'Remove the filter on id' }).click()
    await page.getByText('Rows 1–50').waitFor()
    await go('/data/shop.Order?where=[["id","lt","0"]]')
    await page.getByText('No row meets the filters').waitFor()
    await go('/data/shop.Unknown')
    await page.getByText('It does not exist, or is hidden from you.').waitFor()
    const mend = await answerWith(/query\/execute/, { status: 503, body: '{}' })
    await go('/data/shop.Order')
    await page.getByRole('button', { name: /Retry/ }).waitFor()
    await mend()
    await page.getByRole('button', { name: /Retry/ }).click()
    await page.getByText('Rows 1–50').waitFor()
    await answerWith(/query\/models/, { status: 403, body: '{}' })
    await page.reload()
    await page.getByText('You may not see this').waitFor()
    expect(await page.getByRole('table').count()).toBe(0)
  })

  it('works at 375 px', async () => {
    const { page, go, findAxeViolations } = await open({ viewport: { width: 375, height: 720 } })
    await go('/data')
    await page.getByRole('link', { name: 'Order', exact: true }).click()
    await page.getByText('Rows 1–50').waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    await page.getByRole('link', { name: 'Open the row 1', exact: true }).click()
    await page.getByRole('complementary').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('link', { name: 'Models', exact: true }).click()
    await page.getByLabel('Search models').waitFor()
  })

  it('is not offered where rows may not be read', async () => {
    const { page, go } = await open({ allow: [] })
    await go('/data')
    await page.getByText('Not offered here').waitFor()
    expect(await page.getByRole('link', { name: 'Data' }).count()).toBe(0)
  })
})
