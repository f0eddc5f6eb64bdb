import type { Sql } from 'postgres'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { type Migrator, postgresDatabase, sqlMigrator } from '../../src/postgres.ts'
import { addPhone, shopProject } from './codegen.ts'
import { createTestStudio, type TestStudioOptions } from './studio.ts'
import type { Shown, TestFolder } from './workspace.ts'

/** What a test of plans may set. */
export interface PlanStudioOptions extends TestStudioOptions {
  /** Null for a studio that runs no migrations. @default sqlMigrator */
  readonly migrator?: Migrator | null
}

/** The answer to a plan, as far as tests read it. */
export interface PlanAnswer {
  readonly success: boolean
  readonly steps: readonly {
    readonly id: string
    readonly success: boolean
    readonly error: string | null
    readonly simulated: boolean
    readonly output: Readonly<Record<string, unknown>>
  }[]
  readonly plan_id: string | null
  readonly digest: string | null
  readonly run_id: string | null
  readonly applied: readonly string[]
  readonly rolled_back: readonly string[]
  readonly stands: readonly string[]
}

/** Makes a studio that takes plans for the project of `createShop`. */
export async function createPlanStudio(
  folder: TestFolder,
  sql: Sql,
  { migrator = sqlMigrator(sql), changes, ...options }: PlanStudioOptions = {},
) {
  const studio = await createTestStudio({
    project: shopProject(folder),
    database: postgresDatabase(sql),
    workspace: nodeWorkspace({ root: folder.root, write: ['db/**', 'src/**'] }),
    allow: ['ai_planner', 'apply_migrations', 'read_data'],
    changes: { approve: 'never', ...(migrator ? { migrator } : {}), ...changes },
    snapshotMaxAgeMs: 0,
    ...options,
  })
  const confirmed = { headers: { 'x-ai-apply': 'true' } }
  const preview = (body: unknown, init = {}) => studio.post('/ai/plan/preview', body, init)
  return {
    ...studio,
    confirmed,
    preview,
    /** Previews steps, and fails unless all of them can be. */
    async propose(steps: readonly object[], fields: object = {}, init = {}): Promise<Shown> {
      const answer = await preview(planOf(steps, fields), init)
      const { plan_id, digest } = answer.body as PlanAnswer
      if (!plan_id || !digest) throw new Error(JSON.stringify(answer.body))
      return { id: plan_id, digest }
    },
    apply: ({ id, digest }: Shown, init: { headers?: Record<string, string> } = confirmed) =>
      studio.post('/ai/plan/apply', { plan_id: id, digest }, init),
    decide: ({ id, digest }: Shown, approved = true, init = {}) =>
      studio.post(`/ai/changes/${id}/decision`, { approved, expected_digest: digest }, init),
  }
}

/** Makes a step. */
export function stepOf(id: string, type: string, payload: object = {}, ...depends_on: string[]) {
  return { id, type, description: `Does ${id}`, depends_on, payload }
}

/** Makes a plan of steps. */
export function planOf(steps: readonly object[], fields: object = {}) {
  return { intent: 'Keep the phone of an order', steps, ...fields }
}

/** A column, its migration, a file that reads it, and checks of both. */
export const wholePlan: readonly ReturnType<typeof stepOf>[] = [
  stepOf('a_look', 'analyze_context'),
  stepOf('b_column', 'change_model', { app: 'shop', changes: [addPhone] }),
  stepOf(
    'c_index',
    'change_model',
    {
      app: 'shop',
      changes: [{ op: 'add_index', schema: 'shop', table: 'orders', columns: ['phone'] }],
    },
    'b_column',
  ),
  stepOf('d_file', 'patch_file', {
    type: 'modify_file',
    path: 'src/phone.ts',
    text: 'export {}\n',
  }),
  stepOf(
    'e_file',
    'patch_file',
    { type: 'replace_text', path: 'src/phone.ts', old_text: '{}', new_text: 'const phone = 1' },
    'd_file',
  ),
  stepOf('f_run', 'run_migrations', {}, 'c_index'),
  stepOf(
    'g_rows',
    'run_query_check',
    {
      plan: { model: 'Order', filters: [{ field: 'phone', lookup: 'isnull', value: true }] },
      expect: { min: 0, max: 10 },
    },
    'f_run',
  ),
  stepOf('h_health', 'run_health_check', {}, 'f_run'),
]
