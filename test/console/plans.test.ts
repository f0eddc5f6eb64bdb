import type { Sql } from 'postgres'
import { beforeEach, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { createStudioClient, type PlanBody } from '../../src/client.ts'
import { type Migrator, postgresDatabase, sqlMigrator } from '../../src/postgres.ts'
import { createRefundTool, createSupport } from '../support/agents.ts'
import { createShop, shopProject } from '../support/codegen.ts'
import { openConsole } from '../support/console.ts'
import { planOf, wholePlan } from '../support/plans.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder, type TestFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

it('shows the steps of a plan, applies all of it, says which step failed, and goes on', async () => {
  const own = sqlMigrator(sql)
  let isBroken = true
  const migrator: Migrator = {
    ...own,
    up: (job, signal) => (isBroken ? Promise.reject(new Error('no')) : own.up(job, signal)),
  }
  const { studio, page, go, findAxeViolations } = await openConsole({
    project: shopProject(folder),
    database: postgresDatabase(sql),
    workspace: nodeWorkspace({ root: folder.root, write: ['db/**', 'src/**'] }),
    allow: ['ai_planner', 'apply_migrations', 'read_data'],
    changes: { approve: 'never', migrator },
    snapshotMaxAgeMs: 0,
    agents: [createSupport([], { tools: [createRefundTool().tool] }).agent],
  })
  const { plans } = createStudioClient({ fetch: studio.fetch })
  const { plan_id } = await plans.preview(planOf(wholePlan) as PlanBody)
  await go(`/changes?change=${plan_id}`)
  const detail = page.getByRole('region', { name: 'Change set' })
  await detail.getByRole('heading', { name: 'Plan' }).waitFor()
  await detail.getByText('Does e_file').waitFor()
  expect(await detail.getByText('not simulated').count()).toBe(2)
  expect(await findAxeViolations()).toEqual([])
  const apply = async () => {
    await detail.getByRole('button', { name: 'Apply the plan…' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Apply the plan', exact: true }).press('Enter')
  }
  await apply()
  const problem = detail.getByRole('alert')
  await problem.getByText(/Step f_run failed: .*What stands: b_column/).waitFor()
  isBroken = false
  await apply()
  await detail.getByText('Migrated as predicted').waitFor()
  await detail.getByText('plan completed').waitFor()
  expect(await detail.getByRole('button', { name: 'Apply the plan…' }).count()).toBe(0)
})
