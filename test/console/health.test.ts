import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProject } from '../../src/index.ts'
import { postgresDatabase } from '../../src/postgres.ts'
import { zodModels } from '../../src/zod.ts'
import { openConsole, pressPair } from '../support/console.ts'
import { withPostgres } from '../support/postgres.ts'
import { hostileName, openSchemaConsole } from '../support/schema-console.ts'

const faultyTables = `
  create table customers (id bigint primary key);
  create table orders (id bigint primary key, customer_id bigint references customers);
  create table events (at timestamptz)`

describe('the page of schema health', () => {
  const postgres = withPostgres()

  it('shows a finding with its reason, its fix and its lock, and takes it into a baseline, by keyboard', async () => {
    const { page, go, findAxeViolations } = await openSchemaConsole(postgres, faultyTables)
    await go('/runs')
    await page.getByText('No runs yet').waitFor()
    await pressPair(page, 'g', 'h')
    await page.getByRole('link', { name: /has no index/ }).waitFor()
    await page.getByText('unindexed-foreign-key').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('link', { name: /has no index/ }).focus()
    await page.keyboard.press('Enter')
    const detail = page.getByRole('region', { name: 'The finding' })
    await detail.getByText('Why it matters').waitFor()
    expect(await detail.locator('.sql').innerText()).toContain('CREATE INDEX CONCURRENTLY')
    expect(await detail.innerText()).toContain('blocks neither reads nor writes')
    expect(await findAxeViolations()).toEqual([])
    await page.reload()
    await detail.getByText('Why it matters').waitFor()
    await page.keyboard.press('i')
    await detail.getByRole('button', { name: 'In the baseline to commit' }).waitFor()
    await page.getByRole('tab', { name: 'Findings' }).focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByText('1 chosen').waitFor()
    expect(await findAxeViolations()).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as schema-baseline.json' }).click(),
    ])
    const file: unknown = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(file).toEqual({ version: 1, issues: [expect.stringContaining('unindexed-foreign-key')] })
  })

  it('groups findings by rule or object, filters them, and runs another preset', async () => {
    const { page, go } = await openSchemaConsole(postgres, faultyTables)
    await go('/health')
    const findings = page.getByRole('table', { name: 'Findings' })
    await findings.getByText('no-primary-key').waitFor()
    await page.getByLabel('Grouped by').selectOption('object')
    await findings.getByText('shop.events', { exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?group=object')
    await page.getByRole('searchbox').fill('index')
    await findings.getByText('shop.events', { exact: true }).waitFor({ state: 'detached' })
    await page.getByLabel('Severity').selectOption('danger')
    await page.getByText('No finding matches').waitFor()
    await page.getByRole('button', { name: 'Show all findings' }).click()
    await page.getByLabel('Rules that run').selectOption('all')
    await findings.getByText('shop.events has no comment').waitFor()
  })

  it('shows what is declared beside what the database has', async () => {
    const { sql } = await postgres.createDatabase()
    await sql.unsafe('create table books (id int primary key, title text, extra int)')
    const Book = z.object({
      id: z.int().meta({ primaryKey: true }),
      title: z.int(),
      isbn: z.string(),
    })
    const Author = z.object({ id: z.int() })
    const apps = [{ label: 'shop', models: zodModels({ Book, Author }) }]
    const { page, go, findAxeViolations } = await openConsole({
      project: defineProject({ name: 'Shop', apps }),
      database: postgresDatabase(sql),
    })
    await go('/health?tab=drift')
    await page.getByRole('link', { name: 'books', exact: true }).click()
    await page.getByRole('rowheader', { name: 'isbn' }).waitFor()
    const row = page.getByRole('row', { name: /^title / })
    expect(await row.innerText()).toMatch(/title\s+safeint\s+text/)
    expect(await page.getByRole('row', { name: /^isbn / }).innerText()).toContain('missing')
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('link', { name: 'authors', exact: true }).click()
    await page.getByText('The database has no such table.').waitFor()
  })

  it('shows hostile names as text at the width of a phone', async () => {
    const name = `"${hostileName.replaceAll('"', '""')}"`
    const { page, go, findAxeViolations } = await openSchemaConsole(
      postgres,
      `create table ${name} (a int)`,
      { viewport: { width: 375, height: 700 } },
    )
    await go('/health')
    await page.getByRole('link', { name: /no primary key/i }).click()
    const detail = page.getByRole('region', { name: 'The finding' })
    await detail.getByText('U+202E').first().waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    expect(await findAxeViolations()).toEqual([])
    expect(await page.evaluate(() => document.body.scrollWidth)).toBeLessThanOrEqual(375)
    await page.getByRole('button', { name: 'Close the finding' }).click()
    await page.getByRole('searchbox').waitFor()
    expect(await findAxeViolations()).toEqual([])
  })

  it('says why it shows nothing, and keeps what it has while the studio is away', async () => {
    const { page, go, answerWith } = await openSchemaConsole(postgres, 'select 1')
    await go('/health')
    await page.getByText('No findings').waitFor()
    const body = JSON.stringify({
      error: { code: 'unavailable', message: 'No database', requestId: 'r-1' },
    })
    const mend = await answerWith(/schema\/health/, { status: 503, body })
    await page.getByLabel('Rules that run').selectOption('all')
    await page.getByText('The studio is busy').waitFor()
    await mend()
    await page.getByRole('button', { name: /^Retry/ }).click()
    await page
      .getByText(/0|No findings|has no comment/)
      .first()
      .waitFor()
    await answerWith(/schema\/diff/, {
      status: 403,
      body: '{"error":{"code":"forbidden","message":"No"}}',
    })
    await page.getByRole('tab', { name: 'Drift' }).click()
    await page.getByText('You may not see this').waitFor()
    expect(new URL(page.url()).searchParams.get('tab')).toBe('drift')
  })

  it('stays usable with 10,000 findings', async () => {
    const { page, go, answerWith } = await openSchemaConsole(postgres, faultyTables)
    const finding = (index: number) => ({
      id: `rule:${index}`,
      kind: 'lint',
      severity: 'warning',
      app_label: null,
      model: null,
      table: null,
      column: null,
      expected: null,
      actual: null,
      message: `Finding ${index}`,
      hint: null,
      tags: [],
      rule: `rule-${index % 7}`,
      schema: null,
      objects: [],
      fix_sql: null,
      fix_lock: null,
      fix_rewrites: null,
      why: null,
      link: null,
    })
    const report = {
      status: 'degraded',
      lint_status: 'degraded',
      issue_counts: { info: 0, warning: 10_000, danger: 0 },
      issues: Array.from({ length: 10_000 }, (_, index) => finding(index)),
      inspected_at: '2026-01-01T00:00:00Z',
      db_version: null,
      db_name: null,
      app_version: '1',
      suppressed_count: 0,
      withheld_count: 0,
      skipped_rules: [],
    }
    await answerWith(/schema\/health/, { status: 200, body: JSON.stringify(report) })
    await go('/health')
    await page.getByRole('link', { name: 'Finding 0', exact: true }).waitFor()
    expect(await page.locator('[data-row]').count()).toBeLessThan(80)
    await page.getByRole('searchbox').fill('9999')
    await page.getByRole('link', { name: 'Finding 9999' }).waitFor()
  })
})
