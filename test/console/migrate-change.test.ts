import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { createStudioClient, type ModelChangeBody } from '../../src/client.ts'
import { type Migrator, postgresDatabase, sqlMigrator } from '../../src/postgres.ts'
import { createRefundTool, createSupport } from '../support/agents.ts'
import { createShop, shopProject } from '../support/codegen.ts'
import { type ConsoleOptions, openConsole } from '../support/console.ts'
import { withPostgres } from '../support/postgres.ts'
import { storeKinds } from '../support/stores.ts'
import { createFolder, type TestFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const agents = [createSupport([], { tools: [createRefundTool().tool] }).agent]
type Change = ModelChangeBody['changes'][number]

const table = { schema: 'shop', table: 'orders' }
const addColumn: Change = {
  op: 'add_column',
  ...table,
  column: { name: 'phone', type: 'varchar(40)' },
}
const dropNote: Change = { op: 'drop_column', ...table, column: 'note' }
const addIndex: Change = { op: 'add_index', ...table, columns: ['amount'] }

/** Opens the page on an applied change set, which adds a column unless it says otherwise. */
async function openMigration({
  asked = [addColumn],
  migrator = sqlMigrator(sql),
  ...options
}: ConsoleOptions & {
  readonly asked?: readonly Change[]
  readonly migrator?: Migrator | null
} = {}) {
  const opened = await openConsole({
    project: shopProject(folder),
    database: postgresDatabase(sql),
    workspace: nodeWorkspace({ root: folder.root, write: ['db/**'] }),
    allow: ['ai_codegen', 'apply_migrations'],
    changes: { approve: 'never', ...(migrator ? { migrator } : {}) },
    snapshotMaxAgeMs: 0,
    agents,
    ...options,
  })
  const { changes } = createStudioClient({ fetch: opened.studio.fetch })
  const { change_set: shown } = await changes.previewModel({ app: 'shop', changes: [...asked] })
  await changes.apply(shown)
  await opened.go(`/changes?change=${shown.id}`)
  const { page } = opened
  const detail = page.getByRole('region', { name: 'Change set' })
  await detail.getByRole('heading', { name: 'Migration' }).waitFor()
  const press = (name: string) => detail.getByRole('button', { name: `${name}…` }).press('Enter')
  const confirm = async (name: string) => {
    await press(name)
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).press('Enter')
  }
  return { ...opened, changes, shown, detail, press, confirm }
}

const columns = async () =>
  (
    await sql`select attname from pg_attribute where attrelid = 'shop.orders'::regclass and attnum > 0 and not attisdropped`
  ).map(({ attname }) => attname as string)

describe.each(storeKinds)('the migration of a change set with stores in $name', (store) => {
  it('is shown with its locks, runs after a confirmation, and is taken back, by keys', async () => {
    const { page, detail, press, findAxeViolations, shown } = await openMigration({ store })
    await detail.getByText('Studio has not run it').waitFor()
    await detail.getByText('Not tried').waitFor()
    await detail.getByText('ACCESS EXCLUSIVE').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await press('Run the migration')
    const dialog = page.getByRole('dialog', { name: 'Run the migration: 1 migration' })
    await dialog.getByText('0002_add_phone_to_orders').waitFor()
    await dialog.getByText('Locks: ACCESS EXCLUSIVE').waitFor()
    await dialog.getByText(shown.digest).waitFor()
    expect(await findAxeViolations()).toEqual([])
    expect(await columns()).not.toContain('phone')
    await dialog.getByRole('button', { name: 'Run the migration' }).press('Enter')
    await detail.getByText('Migrated as predicted').waitFor()
    expect(await columns()).toContain('phone')
    expect(await detail.getByRole('button', { name: 'Run the migration…' }).count()).toBe(0)
    const rollBack = detail.getByRole('button', { name: 'Roll back…' })
    expect(await rollBack.getAttribute('title')).toBe('Take the migration back first.')

    await press('Take the migration back')
    const back = page.getByRole('dialog', { name: 'Take the migration back: 1 migration' })
    await back.getByText('what the migration destroyed does not come back').waitFor()
    await back.getByText('phone').first().waitFor()
    expect(await findAxeViolations()).toEqual([])
    await back.getByRole('button', { name: 'Take the migration back' }).press('Enter')
    await detail.getByText('Taken back').waitFor()
    expect(await columns()).not.toContain('phone')
    await press('Roll back')
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).press('Enter')
    await detail.getByText('Rolled back').first().waitFor()
  })
})

describe('the migration of a change set', () => {
  it('names what it takes away first, and has no way back then', async () => {
    const { page, detail, press, confirm } = await openMigration({ asked: [dropNote, addIndex] })
    const text = (await detail.textContent()) ?? ''
    const order = ['Takes away', 'Migration', 'Way backNone', 'Statements', 'outside a transaction']
    const places = order.map((one) => text.indexOf(one))
    expect(places.filter((place) => place < 0)).toEqual([])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    await press('Run the migration')
    const dialog = page.getByRole('dialog', { name: 'Run the migration: 2 migrations' })
    await dialog.getByRole('heading', { name: 'Takes away' }).waitFor()
    await dialog.getByText('Locks: ACCESS EXCLUSIVE, SHARE UPDATE EXCLUSIVE').waitFor()
    await page.keyboard.press('Escape')
    await confirm('Run the migration')
    await detail.getByText('Migrated as predicted').waitFor()
    expect(await detail.getByRole('button', { name: 'Take the migration back…' }).count()).toBe(0)
  })

  it('says why it failed and what to do, and shows in red that the database is not as predicted', async () => {
    const own = sqlMigrator(sql)
    let isIdle = true
    const { page, detail, confirm, findAxeViolations } = await openMigration({
      migrator: {
        ...own,
        async up(job, signal) {
          if (isIdle) return
          await own.up(job, signal)
          await sql.unsafe('create index surprise on shop.orders (amount)')
        },
      },
    })
    await confirm('Run the migration')
    const alert = page.getByRole('alert')
    await alert.getByText('the history of the tool has 0 of 1 migration.').waitFor()
    expect(await alert.textContent()).toContain('When the reason is gone, run it again.')
    await detail.locator('.badge.bad').getByText('Failed').waitFor()
    expect(await findAxeViolations()).toEqual([])
    isIdle = false
    await confirm('Run the migration')
    await detail.locator('.badge.bad').getByText('Migrated, not as predicted').waitFor()
    await detail.locator('.points.bad').getByText('differs from the predicted').waitFor()
    expect(await findAxeViolations()).toEqual([])
  })

  it.each([
    ['migrations_pending', 'Run it first'],
    ['migrations_conflict', 'Join them first.'],
    ['tool_unsupported', 'Run it with the tool.'],
    ['irreversible', 'Ask for a change that undoes it.'],
    ['migrated', 'The migration has run already.'],
    ['not_migrated', 'Studio has not run the migration.'],
    ['changed_since_preview', 'The project has changed since.'],
    ['migrating', 'Migrating. Read its history'],
  ])('has a sentence for a refusal by %s', async (reason, sentence) => {
    const { page, answerWith, confirm } = await openMigration()
    const error = { code: 'conflict', message: 'No', details: { reason } }
    await answerWith(/\/migrate$/, { status: 409, body: JSON.stringify({ error }) })
    await confirm('Run the migration')
    await page.getByRole('alert').getByText(sentence).waitFor()
  })

  it('cannot be run where the Studio runs none', async () => {
    const { detail } = await openMigration({ migrator: null })
    await detail.getByRole('button', { name: 'Roll back…' }).waitFor()
    expect(await detail.getByRole('button', { name: 'Run the migration…' }).count()).toBe(0)
  })

  it('fits 375 pixels, with its dialog', async () => {
    const viewport = { width: 375, height: 700 }
    const { page, press, findAxeViolations } = await openMigration({
      asked: [dropNote, addIndex],
      viewport,
    })
    const width = () => page.evaluate(() => document.documentElement.scrollWidth)
    expect(await width()).toBeLessThanOrEqual(375)
    await press('Run the migration')
    await page.getByRole('dialog').getByText('Locks:').waitFor()
    expect(await width()).toBeLessThanOrEqual(375)
    expect(await findAxeViolations()).toEqual([])
  })
})
