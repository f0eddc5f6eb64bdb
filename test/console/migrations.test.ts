import { describe, expect, it } from 'vitest'
import { defineProject } from '../../src/index.ts'
import { memoryFiles, postgresDatabase, sqlMigrations } from '../../src/postgres.ts'
import { type ConsoleOptions, openConsole, pressPair } from '../support/console.ts'
import { withPostgres } from '../support/postgres.ts'
import { hostileName } from '../support/schema-console.ts'

const files = {
  '0001_initial.sql': '',
  '0002_books.sql': '',
  '0003_tags.sql': '-- depends: library.0002_books',
  '0003_prices.sql': '-- depends: library.0002_books',
}

describe('the page of migrations', () => {
  const postgres = withPostgres()

  async function open(migrations: Readonly<Record<string, string>>, options: ConsoleOptions = {}) {
    const { sql } = await postgres.createDatabase()
    await sql.unsafe(`create table aksara_migrations (id int generated always as identity, app_label text, name text,
        checksum text, applied_at timestamptz default '2026-01-02T03:04:05Z');
      insert into aksara_migrations (app_label, name) values ('library', '0001_initial'), ('library', '0002_books'), ('library', '0000_gone')`)
    const source = sqlMigrations(memoryFiles(migrations))
    const project = defineProject({
      name: 'Library',
      apps: [
        { label: 'library', migrations: source },
        { label: 'accounts', migrations: sqlMigrations(memoryFiles({ '0001_users.sql': '' })) },
      ],
    })
    return openConsole({ project, database: postgresDatabase(sql), ...options })
  }

  it('shows every state, the conflict and what a state rests on, by keyboard', async () => {
    const { page, go, findAxeViolations } = await open(files)
    await go('/runs')
    await page.getByText('No runs yet').waitFor()
    await pressPair(page, 'g', 'm')
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    await row('0003_tags').getByText('conflict').waitFor()
    expect(await row('0002_books').innerText()).toContain('Applied')
    expect(await row('0003_prices').innerText()).toContain('Pending')
    expect(await row('0000_gone').innerText()).toContain('File is gone')
    expect(await page.locator('.lanes').count()).toBeGreaterThan(3)
    expect(await findAxeViolations()).toEqual([])
    await page.keyboard.press('/')
    await page.locator('[type=search]:focus').waitFor()
    await page.keyboard.type('books')
    await row('0003_tags').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: '0002_books' }).focus()
    await page.keyboard.press('Enter')
    const detail = page.getByRole('region', { name: 'The migration' })
    await detail.getByRole('link', { name: 'library.0003_prices' }).waitFor()
    expect(await detail.innerText()).toContain('public.aksara_migrations')
    expect(await findAxeViolations()).toEqual([])
    await page.reload()
    await detail.getByRole('link', { name: 'library.0003_prices' }).click()
    await detail.getByText('It did not run yet.').waitFor()
    expect(new URL(page.url()).searchParams.get('migration')).toBe('library.0003_prices')
    await page.getByRole('tab', { name: 'Migrations' }).focus()
    await page.keyboard.press('ArrowRight')
    const card = page.getByRole('region', { name: 'library' })
    await card.getByText('0003_prices').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('region', { name: 'accounts' }).getByRole('link').click()
    await row('0001_users').waitFor()
    expect(await row('0002_books').count()).toBe(0)
  })

  it('shows hostile names as text at the width of a phone', async () => {
    const name = `0001_${hostileName.replaceAll('/', '')}`
    const { page, go, findAxeViolations } = await open(
      { [`${name}.sql`]: '' },
      { viewport: { width: 375, height: 700 } },
    )
    await go('/migrations')
    await page.locator('.row-link').filter({ hasText: 'img' }).click()
    const detail = page.getByRole('region', { name: 'The migration' })
    await detail.getByText('U+202E').first().waitFor()
    expect(await page.locator('main img').count()).toBe(0)
    expect(await findAxeViolations()).toEqual([])
    expect(await page.evaluate(() => document.body.scrollWidth)).toBeLessThanOrEqual(375)
    await page.getByRole('button', { name: 'Close the migration' }).click()
    await page.getByRole('searchbox').waitFor()
    expect(await findAxeViolations()).toEqual([])
  })

  it('stays usable with 10,000 migrations', async () => {
    const names = Array.from(
      { length: 10_000 },
      (_, index) => `${String(index).padStart(5, '0')}_x.sql`,
    )
    const { page, go } = await open(Object.fromEntries(names.map((name) => [name, ''])))
    await go('/migrations')
    await page.getByRole('link', { name: '09999_x' }).waitFor()
    expect(await page.locator('[data-row]').count()).toBeLessThan(80)
    await page.getByRole('searchbox').fill('04321')
    await page.getByRole('link', { name: '04321_x' }).waitFor()
  })

  it('says why it shows nothing: failure, no right, no migrations, not offered', async () => {
    const { page, go, answerWith } = await open(files)
    const body = JSON.stringify({
      error: { code: 'internal', message: 'Broken', requestId: 'r-7' },
    })
    const mend = await answerWith(/studio\/migrations/, { status: 500, body })
    await go('/migrations')
    await page.getByText('This could not be loaded').waitFor({ timeout: 30_000 })
    await mend()
    await page.getByRole('button', { name: /^Retry/ }).click()
    await page.getByRole('link', { name: '0002_books' }).waitFor()
    await answerWith(/studio\/migrations/, {
      status: 403,
      body: '{"error":{"code":"forbidden","message":"No"}}',
    })
    await page.reload()
    await page.getByText('You may not see this').waitFor()
    const bare = await openConsole()
    await bare.go('/migrations')
    await bare.page.getByRole('heading', { name: 'No migrations' }).waitFor()
    await bare.answerWith(/handshake/, { status: 404 })
    await bare.page.reload()
    await bare.page.getByText('Not offered here').waitFor()
    expect(await bare.page.getByRole('link', { name: 'Migrations' }).count()).toBe(0)
  })
})
