import { describe, expect, it } from 'vitest'
import type { ChangeOptions, ChangeRequest, Principal } from '../../src/index.ts'
import { createShop } from '../support/codegen.ts'
import { createPlanStudio, wholePlan } from '../support/plans.ts'
import { describePostgres } from '../support/postgres.ts'
import { createFolder, createPatchStudio } from '../support/workspace.ts'

const edit = { type: 'modify_file', path: 'src/a.ts', text: 'new\n' }
const as = (name: string) => ({ 'x-ai-apply': 'true', authorization: name })

async function open(changes: ChangeOptions) {
  const folder = await createFolder({ 'src/a.ts': 'old\n' })
  const studio = await createPatchStudio(folder, {
    changes,
    auth: ({ headers }) => ({ id: headers.get('authorization') ?? 'ann' }),
  })
  const { id, digest } = await studio.propose([edit])
  const act = (path: string, name: string, body: object = {}) =>
    studio.post(`/ai/changes/${id}/${path}`, body, { headers: as(name) })
  return {
    ...studio,
    folder,
    id,
    digest,
    decide: (name: string, approved = true) =>
      act('decision', name, { approved, expected_digest: digest }),
    apply: (name: string) => act('apply', name, { expected_digest: digest }),
    patch: (name: string) =>
      studio.post(
        '/ai/patch/apply',
        { change_set: id, expected_digest: digest },
        { headers: as(name) },
      ),
    rollBack: (name: string) => act('rollback', name),
  }
}

const refused = (reason: string, action: string) => ({
  status: 403,
  body: { error: { code: 'forbidden', details: { reason, action } } },
})

describe('changes.mayDecide and changes.mayApply', () => {
  it('say who approves, rejects, applies and rolls back, and are told what it is about', async () => {
    const asked: [Principal | null, ChangeRequest][] = []
    const allow =
      (...names: string[]) =>
      (caller: Principal | null, request: ChangeRequest) => {
        asked.push([caller, request])
        return names.includes(caller?.id ?? '')
      }
    const { folder, id, decide, apply, patch, rollBack } = await open({
      mayDecide: allow('ben'),
      mayApply: async (...given) => allow('cleo')(...given),
    })
    expect(await decide('cleo')).toMatchObject(refused('may_not_decide', 'approve'))
    expect(await decide('cleo', false)).toMatchObject(refused('may_not_decide', 'reject'))
    expect(await decide('ben')).toMatchObject({ status: 200 })
    expect(await apply('ben')).toMatchObject(refused('may_not_apply', 'apply'))
    expect(await patch('ben')).toMatchObject(refused('may_not_apply', 'apply'))
    expect(await folder.read('src/a.ts')).toBe('old\n')
    expect(await apply('cleo')).toMatchObject({ status: 200, body: { status: 'applied' } })
    expect(await rollBack('ben')).toMatchObject(refused('may_not_apply', 'roll_back'))
    expect(await folder.read('src/a.ts')).toBe('new\n')
    expect(await rollBack('cleo')).toMatchObject({ status: 200 })
    const [caller, request] = asked[0] ?? []
    expect(caller).toEqual({ id: 'cleo' })
    expect(request).toEqual({
      action: 'approve',
      id,
      kind: 'patch',
      createdBy: 'ann',
      files: ['src/a.ts'],
      destructive: ['src/a.ts: removes or replaces 1 of 1 line'],
      hasMigration: false,
    })
    expect(asked.map(([, { action }]) => action)).toEqual([
      'approve',
      'reject',
      'approve',
      'apply',
      'apply',
      'apply',
      'roll_back',
      'roll_back',
    ])
  })

  it('refuse a caller whom they allow but who asked for the change', async () => {
    const { decide } = await open({ mayDecide: () => true })
    expect(await decide('ann')).toMatchObject({ status: 403 })
  })

  it.each([
    ['throws', () => Promise.reject(new Error('secret directory'))],
    ['returns another value', () => 'yes' as unknown as boolean],
    ['returns nothing', () => undefined as unknown as boolean],
  ])('let nobody through when one %s', async (_how, policy) => {
    const { folder, decide, apply, failures } = await open({
      approve: 'never',
      mayDecide: policy,
      mayApply: policy,
    })
    const unknown = {
      status: 503,
      body: { error: { code: 'unavailable', details: { reason: 'policy_failed' } } },
    }
    const answers = [await decide('ben'), await apply('ben')]
    for (const answer of answers) {
      expect(answer).toMatchObject(unknown)
      expect(JSON.stringify(answer.body)).not.toContain('secret')
    }
    expect(failures).toHaveLength(2)
    expect(await folder.read('src/a.ts')).toBe('old\n')
  })

  it('must be functions', async () => {
    const wrong = { mayApply: ['ann'] } as unknown as ChangeOptions
    await expect(open(wrong)).rejects.toThrow('changes.mayApply must be a function')
  })
})

describePostgres('changes.mayApply and a migration', (postgres) => {
  it('refuses a plan whose migration the caller may not run, before its files are written', async () => {
    const { sql } = await postgres.createDatabase()
    const folder = await createFolder()
    await createShop(sql, folder)
    const actions: string[] = []
    let isAllowed = false
    const studio = await createPlanStudio(folder, sql, {
      changes: {
        mayApply: (_caller, { action, hasMigration }) => {
          actions.push(action)
          return action !== 'migrate' || (hasMigration && isAllowed)
        },
      },
    })
    const before = await folder.tree()
    const shown = await studio.propose(wholePlan)
    expect(await studio.apply(shown)).toMatchObject(refused('may_not_apply', 'migrate'))
    expect(
      await studio.post(
        `/ai/changes/${shown.id}/migrate`,
        { expected_digest: shown.digest },
        studio.confirmed,
      ),
    ).toMatchObject(refused('may_not_apply', 'migrate'))
    expect(await folder.tree()).toEqual(before)
    expect(actions).toEqual(['apply', 'migrate', 'migrate'])
    isAllowed = true
    expect(await studio.apply(shown)).toMatchObject({ status: 200, body: { success: true } })
  })
})
