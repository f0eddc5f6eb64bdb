import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import { type Migrator, sqlMigrator } from '../../src/postgres.ts'
import { runCli } from '../support/cli.ts'
import { createShop } from '../support/codegen.ts'
import {
  createPlanStudio,
  type PlanStudioOptions,
  planOf,
  stepOf,
  wholePlan,
} from '../support/plans.ts'
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

/** Serves a studio that takes plans. */
async function open(options: PlanStudioOptions = {}) {
  const studio = await createPlanStudio(folder, sql, options)
  const { url, close } = await serve(studio.studio, { port: 0, log: false, handleSignals: false })
  onTestFinished(close)
  const run = (args: string[], terminal: Parameters<typeof runCli>[2] = {}) =>
    runCli(args, { STUDIO_URL: url }, terminal)
  /** Previews a plan that is in a file. */
  const preview = async (plan: unknown, ...args: string[]) => {
    const path = join((await createFolder()).root, 'plan.json')
    await writeFile(path, typeof plan === 'string' ? plan : JSON.stringify(plan))
    return run(['plan', 'preview', '--file', path, ...args])
  }
  return { ...studio, run, preview }
}

const patch = (path: string, text = 'export {}\n') =>
  stepOf('d_file', 'patch_file', { type: 'modify_file', path, text })

const hasPhone = async () =>
  (
    await sql`select 1 from pg_attribute where attrelid = 'shop.orders'::regclass and attname = 'phone'`
  ).length > 0

describe('fetch-studio plan preview', () => {
  it('prints what each step of a plan in a file would do, and the change set', async () => {
    const { preview } = await open()
    const { code, printed } = await preview(planOf(wholePlan))
    expect(code).toBe(0)
    expect(printed).toMatch(/^Preview\n {2}ok +a_look: analyze_context$/m)
    expect(printed).toMatch(/^ {2}not simulated +g_rows: run_query_check\n +! ./m)
    expect(printed).toMatch(/^Intent +Keep the phone of an order$/m)
    expect(await folder.read('src/phone.ts').catch(() => null)).toBeNull()
  })

  it('prints the answer of the Studio with --json', async () => {
    const { preview } = await open()
    const { code, printed } = await preview(planOf([patch('src/a.ts')]), '--json')
    expect(code).toBe(0)
    expect(JSON.parse(printed)).toMatchObject({ success: true, dry_run: true, stands: [] })
  })

  it('exits with 1 and names the step that fails, and every fault of a plan that cannot be', async () => {
    const { preview } = await open()
    const missing = { type: 'replace_text', path: 'src/no.ts', old_text: 'a', new_text: 'b' }
    const failed = await preview(planOf([stepOf('a', 'patch_file', missing)]))
    expect(failed).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/failed +a: patch_file\n.*! /),
    })
    const unknown = ['Nobody', 'Nothing'].map((model) =>
      stepOf(model, 'delete_field', { model, field: 'a' }),
    )
    expect(await preview(planOf(unknown))).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/! .*Nobody.*\n.*! .*Nothing/),
    })
    expect(await preview({ intent: 'x', steps: [] })).toMatchObject({
      code: 1,
      errors: expect.stringContaining('steps'),
    })
  })

  it('exits with 1 for a file that is missing or no JSON, and where no planner takes an intent', async () => {
    const { preview, run } = await open()
    expect(await preview('{')).toMatchObject({
      code: 1,
      errors: expect.stringContaining('no JSON'),
    })
    expect(await run(['plan', 'preview', '--file', '/nowhere/plan.json'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('Cannot read'),
    })
    expect(await run(['plan', 'preview', 'Keep', 'the', 'phone'])).toMatchObject({ code: 1 })
  })

  it.each([
    [['plan']],
    [['plan', 'undo']],
    [['plan', 'preview']],
    [['plan', 'preview', 'Keep it', '--file', 'plan.json']],
    [['plan', 'preview', 'Keep it', '--yes']],
    [['plan', 'apply']],
    [['plan', 'apply', 'one', 'two', '--yes']],
    [['plan', 'apply', 'one', '--file', 'plan.json', '--yes']],
    [['plan', 'apply', 'one']],
  ])('exits with 2 for %j', async (args) => {
    expect(await runCli(args, { STUDIO_URL: 'http://127.0.0.1:9' })).toMatchObject({ code: 2 })
  })
})

describe('fetch-studio plan apply', () => {
  it('shows the plan, asks with what it does to the database, and prints each step and what stands', async () => {
    const { run, propose } = await open()
    const { id, digest } = await propose(wholePlan)
    const questions: string[] = []
    const answering = (answer: string) => ({
      ask: async (question: string) => {
        questions.push(question)
        return answer
      },
    })
    const declined = await run(['plan', 'apply', id], answering('n'))
    expect(declined).toMatchObject({ code: 4, printed: expect.stringContaining('8 steps') })
    expect(questions).toEqual([
      expect.stringMatching(
        `Do the 8 steps of this plan, .*a migration of the database, .*digest ${digest}\\? y/N`,
      ),
    ])
    expect(await hasPhone()).toBe(false)
    const done = await run(['plan', 'apply', id], answering('y'))
    expect(done.code).toBe(0)
    expect(done.printed).toMatch(/^ {2}ok +f_run: run_migrations$/m)
    expect(done.printed).toMatch(/^ {2}Stands +b_column, c_index, d_file, e_file, f_run$/m)
    expect(await hasPhone()).toBe(true)
    expect(await run(['plan', 'apply', id, '--yes'])).toMatchObject({ code: 3 })
  })

  it('exits with 1 and names the step that failed, those not reached and what was rolled back', async () => {
    const own = sqlMigrator(sql)
    const migrator: Migrator = { ...own, up: () => Promise.reject(new Error('no')) }
    const { run, propose } = await open({ migrator })
    const { id } = await propose(wholePlan, { on_failure: 'roll_back' })
    const { code, printed } = await run(['plan', 'apply', id, '--yes'])
    expect(code).toBe(1)
    expect(printed).toMatch(/^ {2}failed +f_run: run_migrations\n.*! /m)
    expect(printed).toMatch(/^ {2}not reached +g_rows/m)
    expect(printed).toMatch(/^ {2}Rolled back +b_column, c_index, d_file, e_file$/m)
    expect(printed).toMatch(/^ {2}Stands +nothing$/m)
  })

  it('exits with 3 for another digest and without an approval, and with 1 for a change set that is no plan', async () => {
    const { run, propose, post } = await open({
      allow: ['ai_planner', 'ai_patch'],
      changes: { approve: 'always' },
    })
    const { id } = await propose([patch('src/a.ts')])
    const other = ['plan', 'apply', id, '--yes', '--digest', '0'.repeat(64)]
    expect(await run(other)).toMatchObject({ code: 3 })
    expect(await run(['plan', 'apply', id, '--yes'])).toMatchObject({
      code: 3,
      errors: expect.stringContaining('change approve'),
    })
    expect(await run(['change', 'approve', id, '--yes'])).toMatchObject({ code: 0 })
    const json = await run(['plan', 'apply', id, '--yes', '--json'])
    expect(JSON.parse(json.printed)).toMatchObject({ success: true, stands: ['d_file'] })
    const { body } = await post('/ai/patch/preview', {
      operations: [{ type: 'modify_file', path: 'src/b.ts', text: 'b' }],
    })
    const { change_set } = body as { change_set: { id: string } }
    expect(await run(['plan', 'apply', change_set.id, '--yes'])).toMatchObject({
      code: 1,
      errors: expect.stringContaining('is no plan'),
    })
  })
})

describe('fetch-studio change show', () => {
  it('prints the intent and the steps of a plan in order, and which were not simulated', async () => {
    const { run, propose } = await open()
    const { id } = await propose(wholePlan)
    const { printed } = await run(['change', 'show', id])
    const order = [
      'Intent',
      ...wholePlan.map((step) => `. ${step.id}: ${step.type}`),
      'Migration\n',
    ]
    const places = order.map((text) => printed.indexOf(text))
    expect(places.filter((place) => place < 0)).toEqual([])
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(printed).toMatch(/Does e_file\n +changes files; src\/phone.ts; after d_file/)
    expect(printed).toMatch(/g_rows.*\n.*\n.*\n +! not simulated/)
  })

  it('prints characters of a plan that a terminal obeys as their names', async () => {
    const { run, propose } = await open()
    const hostile = '\u001b[2J\u202eok\n  ok  forged'
    const step = { ...patch('src/a.ts'), id: hostile, description: hostile, reasoning: hostile }
    const { id } = await propose([step], { intent: hostile })
    for (const args of [
      ['change', 'show', id],
      ['plan', 'apply', id, '--yes'],
    ]) {
      const { code, printed } = await run(args)
      expect(code).toBe(0)
      expect(printed).toContain('<U+001B>[2J<U+202E>ok')
      // eslint-disable-next-line no-control-regex
      expect(printed).not.toMatch(/[\u001b\u202e]|^ {2}ok {2}forged/m)
    }
  })
})
