import { expect, it } from 'vitest'
import { conflictOf, createStudioClient, StudioClientError } from '../../src/client.ts'
import { type Migrator, sqlMigrator } from '../../src/postgres.ts'
import { addPhone, createCodegenStudio, createShop } from '../support/codegen.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()

/** A client of a studio that writes migrations, and runs them with this migrator. */
async function open(toMigrator: (own: Migrator) => Migrator = (own) => own) {
  const { sql } = await createDatabase({ max: 4 })
  const folder = await createFolder()
  await createShop(sql, folder)
  const { studio } = await createCodegenStudio(folder, sql, {
    allow: ['ai_codegen', 'apply_migrations'],
    changes: { approve: 'never', migrator: toMigrator(sqlMigrator(sql)) },
  })
  const { changes } = createStudioClient({ fetch: studio.fetch })
  const column = { name: 'phone', type: 'varchar(40)' }
  const { change_set: shown, files } = await changes.previewModel({
    app: 'shop',
    changes: [{ ...addPhone, op: 'add_column', column }],
    title: 'phones',
    reason: 'orders show a phone number',
  })
  return { changes, shown, files, folder }
}

it('a change of the model is previewed, applied, migrated and taken back', async () => {
  const { changes, shown, files, folder } = await open()
  expect(Object.keys(files)).toEqual(['db/shop/0002_phones.sql'])
  expect(shown).toMatchObject({ kind: 'codegen', reason: 'orders show a phone number' })
  expect(await changes.apply(shown)).toMatchObject({ status: 'applied' })
  expect(await folder.read('db/shop/0002_phones.sql')).toBe(files['db/shop/0002_phones.sql'])
  const { migration } = await changes.migrate(shown)
  expect(migration?.run).toMatchObject({ status: 'migrated', drift: [] })
  const again: unknown = await changes.migrate(shown).catch((error: unknown) => error)
  expect(conflictOf(again)?.reason).toBe('migrated')
  const back = await changes.migrate(shown, { direction: 'down' })
  expect(back.migration?.run?.status).toBe('reverted')
  expect(await changes.rollBack(shown.id)).toMatchObject({ status: 'rolled_back' })
})

it('a migration that fails rejects with 422 and the change set', async () => {
  const { changes, shown } = await open((own) => ({ ...own, up: async () => undefined }))
  await changes.apply(shown)
  const error: unknown = await changes.migrate(shown).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StudioClientError)
  expect(error).toMatchObject({
    status: 422,
    details: {
      reason: 'migration_failed',
      change_set: { migration: { run: { status: 'failed' } } },
    },
  })
})
