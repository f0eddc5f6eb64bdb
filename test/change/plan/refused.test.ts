import { rm } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addPhone, createShop } from '../../support/codegen.ts'
import { createPlanStudio, type PlanAnswer, planOf, stepOf } from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { openTestFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeAll(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await openTestFolder()
  await folder.write('src/a.ts', 'a\n')
  await createShop(sql, folder)
})

afterAll(() => rm(folder.above, { recursive: true, force: true }))

const look = (id: string, ...needed: string[]) => stepOf(id, 'analyze_context', {}, ...needed)
const changes = (...list: object[]) => ({ app: 'shop', changes: list })
const addTo = (table: string) => ({ ...addPhone, table })
const many = (count: number) => Array.from({ length: count }, (_, index) => look(`s${index}`))

describe('a plan of another shape', () => {
  it.each<[string, object, RegExp]>([
    ['no intent', { steps: [look('a')] }, /intent/],
    ['no steps', { intent: 'x', steps: [] }, /steps/],
    ['steps that are missing', { intent: 'x' }, /steps/],
    ['an id twice', planOf([look('a'), look('a')]), /steps\.1\.id/],
    ['a step that depends on none', planOf([look('a', 'b')]), /steps\.0\.depends_on\.0/],
    ['a circle', planOf([look('a', 'b'), look('b', 'a'), look('c', 'b')]), /circle: a, b"/],
    ['a step that depends on itself', planOf([look('a', 'a')]), /circle: a"/],
    ['an unknown type', planOf([stepOf('a', 'drop_everything')]), /steps\.0\.type/],
    ['an unknown key', planOf([{ ...look('a'), force: true }]), /steps\.0\.force/],
    ['an unknown key of the plan', planOf([look('a')], { approved: true }), /approved/],
    ['51 steps', planOf(many(51)), /steps/],
  ])('is refused with 422 for %s', async (_what, body, fault) => {
    const studio = await createPlanStudio(folder, sql)
    const answer = await studio.preview(body)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).toMatch(fault)
  })

  it('has at most 50 steps, which run in the order of what they depend on, then of their ids', async () => {
    const studio = await createPlanStudio(folder, sql)
    expect(await studio.preview(planOf(many(50)))).toMatchObject({ status: 200 })
    const { body } = await studio.preview(
      planOf([look('a', 'd'), look('c'), look('d'), look('b', 'a')]),
    )
    expect((body as PlanAnswer).steps.map(({ id }) => id)).toEqual(['c', 'd', 'a', 'b'])
  })
})

describe('a plan that names what is not there', () => {
  const faults: readonly [string, object, RegExp][] = [
    ['create_model', {}, /model_spec/],
    ['create_migration', { app_label: 'shop', reason: 'x' }, /model_spec/],
    ['create_field', { model: 'Order' }, /field.*field_spec|field/],
    [
      'create_field',
      { model: 'Nothing', field: 'a', field_spec: { type: 'text' } },
      /Nothing is no model/,
    ],
    [
      'create_field',
      { model: 'Kept', field: 'a', field_spec: { type: 'text' } },
      /Kept is no model/,
    ],
    ['update_field', { model: 'Order', field: 'nothing', field_spec: { type: 'text' } }, /nothing/],
    ['update_field', { model: 'Order', field: 'note', field_spec: { unique: true } }, /unique/],
    ['delete_field', { model: 'Order', field: 'nothing' }, /nothing/],
    ['create_field', { model: 'Order', field: 'Bad Name', field_spec: { type: 'text' } }, /field/],
    ['create_field', { model: 'Order', field: 'all', field_spec: { type: 'm2m' } }, /change_model/],
    ['change_model', { app: 'nothing', changes: [addPhone] }, /none of the apps/],
    ['change_model', changes(addTo('nothing')), /shop\.nothing is no table/],
    ['change_model', changes(addTo('kept')), /shop\.kept is no table/],
    ['change_model', changes({ op: 'run_sql', sql: 'drop table x' }), /changes\.0/],
    ['run_migrations', {}, /nothing to run/],
    ['run_migrations', { fake: true }, /fake/],
    ['patch_file', { type: 'modify_file', path: '../a.ts', text: '' }, /path_outside_project/],
    ['patch_file', { type: 'modify_file', path: '.env', text: '' }, /protected_file/],
    ['patch_file', { type: 'modify_file', path: 'lib/a.ts', text: '' }, /protected_file|not/],
    [
      'patch_file',
      { type: 'modify_file', path: 'src/migrations/1.sql', text: '' },
      /protected_file/,
    ],
    ['patch_file', { type: 'replace_text', path: 'src/a.ts' }, /missing_required/],
    ['apply_patch', { patch_request: { operations: [{ type: 'add_field' }] } }, /Python/],
    ['apply_patch', {}, /patch_request/],
    ['run_query_check', { plan: { model: 'Nothing' } }, /Nothing/],
    ['run_query_check', { plan: { model: 'Order', select_fields: ['nothing'] } }, /nothing/],
    ['run_query_check', { plan: { model: 'Order' }, expect: {} }, /count/],
    ['update_model', { model: 'Order' }, /Python/],
    ['generate_tests', { model: 'Order' }, /Python/],
  ]

  it.each(faults)('is refused with 400 for a fault of %s: %j', async (type, payload, fault) => {
    const studio = await createPlanStudio(folder, sql)
    const answer = await studio.preview(planOf([stepOf('a', type, payload)]))
    expect(answer.status).toBe(400)
    const { details } = (answer.body as { error: { details: { validation_errors: string[] } } })
      .error
    expect(details.validation_errors.join('\n')).toMatch(fault)
    expect(details.validation_errors[0]).toContain('Step "a"')
  })

  it('is told all faults of all steps at once, and leaves no change set', async () => {
    const studio = await createPlanStudio(folder, sql)
    const steps = faults.map(([type, payload], index) => stepOf(`s${index}`, type, payload))
    const answer = await studio.preview(planOf(steps))
    expect(answer.status).toBe(400)
    const { details } = (answer.body as { error: { details: { validation_errors: string[] } } })
      .error
    for (const { id } of steps) {
      expect(details.validation_errors.some((text) => text.startsWith(`Step "${id}"`))).toBe(true)
    }
    expect((await studio.get('/ai/changes')).body).toMatchObject({ changes: [] })
  })

  it('is refused where the order of its steps makes no sense', async () => {
    const studio = await createPlanStudio(folder, sql)
    const model = stepOf('b', 'change_model', changes(addPhone))
    const run = stepOf('c', 'run_migrations')
    const answers = [
      [
        model,
        run,
        stepOf('d', 'change_model', changes({ ...addPhone, column: { name: 'q', type: 'text' } })),
      ],
      [model, run, stepOf('d', 'run_migrations')],
      [model, stepOf('c', 'run_migrations', { apps: ['plain'] })],
      [
        stepOf('b', 'delete_field', { model: 'Order', field: 'note' }),
        stepOf('c', 'run_query_check', { plan: { model: 'Order', select_fields: ['note'] } }),
      ],
    ].map((steps) => studio.preview(planOf(steps)))
    for (const answer of await Promise.all(answers)) expect(answer).toMatchObject({ status: 400 })
  })
})

describe('a plan that runs migrations', () => {
  it.each([
    ['without a migrator', { migrator: null }],
    ['without the capability', { allow: ['ai_planner'] as const }],
  ])('is refused with its reason %s', async (_what, options) => {
    const studio = await createPlanStudio(folder, sql, options)
    const steps = [stepOf('a', 'change_model', changes(addPhone)), stepOf('b', 'run_migrations')]
    expect(await studio.preview(planOf(steps))).toMatchObject({
      status: 400,
      body: {
        error: { details: { validation_errors: [expect.stringContaining('apply_migrations')] } },
      },
    })
    expect(await studio.preview(planOf(steps.slice(0, 1)))).toMatchObject({ status: 200 })
  })
})

describe('the endpoints of plans', () => {
  it('are neither served nor advertised unless `allow` names them and there is a database', async () => {
    for (const options of [{ allow: ['ai_codegen'] as const }, { database: undefined }]) {
      const { database: _none, ...rest } = options as { database?: undefined }
      const studio = await createPlanStudio(
        folder,
        sql,
        'database' in options ? { ...rest, database: null as never } : rest,
      )
      expect((await studio.preview(planOf([look('a')]))).status).toBe(404)
      expect((await studio.get('/ai/plan/schema')).status).toBe(404)
      const { body } = await studio.get('/studio/handshake')
      expect(JSON.stringify(body)).not.toMatch(/plan_preview|plan_apply|ai_planner/)
    }
  })

  it('are advertised where they are served, and describe a plan', async () => {
    const studio = await createPlanStudio(folder, sql, { allow: ['ai_planner', 'ai_patch'] })
    const { body } = await studio.get('/studio/handshake')
    expect(body).toMatchObject({
      capabilities: expect.arrayContaining(['ai_planner']),
      endpoints: { plan_preview: '/ai/plan/preview', plan_apply: '/ai/plan/apply' },
    })
    expect((await studio.get('/ai/plan/schema')).body).toMatchObject({
      schemas: { plan: { type: 'object', required: expect.arrayContaining(['intent', 'steps']) } },
      types: expect.arrayContaining(['change_model']),
      refused_types: expect.arrayContaining(['generate_tests']),
    })
    expect((await studio.get('/ai/patch/schema')).body).toMatchObject({
      types: expect.arrayContaining(['replace_text']),
    })
  })
})
