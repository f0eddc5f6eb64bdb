import { describe, expect, it } from 'vitest'
import { storeKinds } from '../support/stores.ts'
import { createFolder, createPatchStudio } from '../support/workspace.ts'
import type { TestStudioOptions } from '../support/studio.ts'

const edit = { type: 'modify_file', path: 'src/a.ts', text: 'new\n' }
const create = { type: 'modify_file', path: 'src/deep/er/b.ts', text: 'made\n' }
const start = { 'src/a.ts': 'old\n' }

describe.each(storeKinds)('POST /ai/patch/apply with stores in $name', (store) => {
  const open = async (options: TestStudioOptions = {}) => {
    const folder = await createFolder(start)
    return { folder, ...(await createPatchStudio(folder, { store, ...options })) }
  }

  it('writes exactly what was previewed and approved, once', async () => {
    const { folder, propose, decide, apply, get } = await open()
    const shown = await propose([edit, create])
    expect(await decide(shown)).toMatchObject({ status: 200, body: { status: 'approved' } })
    expect(await apply(shown)).toMatchObject({
      status: 200,
      body: {
        applied: true,
        preview_only: false,
        rollback_available: true,
        operations_applied: 2,
        change_set: { status: 'applied', approval: { status: 'approved' } },
      },
    })
    expect(await folder.tree()).toEqual({
      src: null,
      'src/a.ts': 'new\n',
      'src/deep': null,
      'src/deep/er': null,
      'src/deep/er/b.ts': 'made\n',
    })
    expect(await apply(shown)).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { reason: 'applied' } } },
    })
    expect((await get(`/ai/changes/${shown.id}`)).body).toMatchObject({
      status: 'applied',
      events: [
        { type: 'previewed', digest: shown.digest },
        { type: 'approved' },
        { type: 'apply_started' },
        { type: 'applied' },
      ],
    })
  })

  it('answers 403 without the header, before it reads the body', async () => {
    const { propose, apply, post, rollBack } = await open()
    const shown = await propose([edit])
    const refusal = { status: 403, body: { error: { code: 'forbidden' } } }
    expect(await apply(shown, {})).toMatchObject(refusal)
    expect(await apply(shown, { headers: { 'x-ai-apply': 'yes' } })).toMatchObject(refusal)
    expect(await post('/ai/patch/apply', { operations: [] })).toMatchObject(refusal)
    expect(await rollBack(shown, {})).toMatchObject(refusal)
  })

  it('answers 409 with the change set to confirm to operations alone, and writes nothing', async () => {
    const { folder, post, confirmed, decide, apply } = await open()
    const answer = await post('/ai/patch/apply', { operations: [edit] }, confirmed)
    expect(answer).toMatchObject({
      status: 409,
      body: {
        error: {
          details: {
            reason: 'confirmation_required',
            change_set: { status: 'pending', files: [{ path: 'src/a.ts', content: 'new\n' }] },
          },
        },
      },
    })
    expect(await folder.read('src/a.ts')).toBe('old\n')
    const { error } = answer.body as {
      error: { details: { change_set: { id: string; digest: string } } }
    }
    const shown = error.details.change_set
    const whole = { change_set: shown.id, expected_digest: shown.digest }
    await decide(shown)
    const other = { ...whole, operations: [create] }
    expect(await post('/ai/patch/apply', other, confirmed)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'request_mismatch' } } },
    })
    const same = { ...whole, operations: [edit] }
    expect(await post('/ai/patch/apply', same, confirmed)).toMatchObject({ status: 200 })
    expect(await apply(shown)).toMatchObject({ status: 409 })
  })

  it('answers 409 until a person has approved, and after a rejection', async () => {
    const { folder, propose, apply, decide } = await open()
    const shown = await propose([edit])
    const reason = (name: string) => ({
      status: 409,
      body: { error: { details: { reason: name } } },
    })
    expect(await apply(shown)).toMatchObject(reason('approval_required'))
    expect(await decide(shown, false)).toMatchObject({ status: 200, body: { status: 'rejected' } })
    expect(await decide(shown, false)).toMatchObject({ status: 200 })
    expect(await decide(shown, true)).toMatchObject(reason('rejected'))
    expect(await apply(shown)).toMatchObject(reason('rejected'))
    expect(await folder.read('src/a.ts')).toBe('old\n')
  })

  it('refuses another digest, an edited decision and half of a confirmation', async () => {
    const { propose, apply, decide, post, confirmed } = await open()
    const shown = await propose([edit])
    const wrong = { ...shown, digest: '0'.repeat(64) }
    const mismatch = { status: 409, body: { error: { details: { reason: 'digest_mismatch' } } } }
    expect(await decide(wrong)).toMatchObject(mismatch)
    const edited = { approved: true, expected_digest: shown.digest, input: { text: 'x' } }
    expect(await post(`/ai/changes/${shown.id}/decision`, edited)).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'input' }] } },
    })
    await decide(shown)
    expect(await apply(wrong)).toMatchObject(mismatch)
    const half = { change_set: shown.id }
    expect(await post('/ai/patch/apply', half, confirmed)).toMatchObject({ status: 400 })
    expect(await post('/ai/patch/apply', {}, confirmed)).toMatchObject({ status: 400 })
    const unknown = { ...shown, id: 'chg_none' }
    expect(await apply(unknown)).toMatchObject({ status: 404 })
    expect(await decide(unknown)).toMatchObject({ status: 404 })
  })

  it('ends a change set after 30 minutes, approved or not', async () => {
    const { folder, propose, decide, apply, clock, get } = await open()
    const [first, second] = [await propose([edit]), await propose([create])]
    await decide(first)
    clock.advance(30 * 60_000 - 1)
    expect((await get('/ai/changes?status=expired')).body).toMatchObject({ changes: [] })
    clock.advance(1)
    const expired = { status: 409, body: { error: { details: { reason: 'expired' } } } }
    expect(await apply(first)).toMatchObject(expired)
    expect(await decide(second)).toMatchObject(expired)
    expect((await get('/ai/changes?status=expired')).body).toMatchObject({
      changes: [
        { id: second.id, approval: { status: 'timed_out' } },
        { id: first.id, approval: { status: 'approved' } },
      ],
    })
    expect(await folder.tree()).toEqual({ src: null, 'src/a.ts': 'old\n' })
  })

  it('rolls back to the bytes and folders of before, once', async () => {
    const { folder, propose, decide, apply, rollBack, get } = await open()
    const before = await folder.tree()
    const shown = await propose([edit, create])
    expect(await rollBack(shown)).toMatchObject({ status: 409 })
    await decide(shown)
    await apply(shown)
    expect(await rollBack(shown)).toMatchObject({ status: 200, body: { status: 'rolled_back' } })
    expect(await folder.tree()).toEqual(before)
    expect(await rollBack(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'rolled_back' } } },
    })
    expect((await get(`/ai/changes/${shown.id}`)).body).toMatchObject({ status: 'rolled_back' })
  })

  it('refuses to roll back over an edit that came later, and lists the file', async () => {
    const { folder, propose, decide, apply, rollBack } = await open()
    const shown = await propose([edit, create])
    await decide(shown)
    await apply(shown)
    await folder.write('src/a.ts', 'mine\n')
    expect(await rollBack(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'changed_since_preview', files: ['src/a.ts'] } } },
    })
    expect(await folder.read('src/a.ts')).toBe('mine\n')
    expect(await folder.read('src/deep/er/b.ts')).toBe('made\n')
  })

  it('hides the change sets of one tenant from another', async () => {
    const auth = (request: Request) => {
      const [id = '', tenant = ''] = (request.headers.get('authorization') ?? '').split('@')
      return { id, tenant }
    }
    const { get, post, decide, rollBack, apply } = await open({ auth })
    const as = (name: string) => ({ headers: { authorization: name, 'x-ai-apply': 'true' } })
    const { body } = await post('/ai/patch/preview', { operations: [edit] }, as('ada@acme'))
    const { change_set: shown } = body as { change_set: { id: string; digest: string } }
    expect((await get('/ai/changes', as('eve@other'))).body).toMatchObject({ changes: [] })
    expect((await get('/ai/changes', as('ada@acme'))).body).toMatchObject({ changes: [shown] })
    const missing = { status: 404 }
    expect(await get(`/ai/changes/${shown.id}`, as('eve@other'))).toMatchObject(missing)
    expect(await decide(shown, true, as('eve@other'))).toMatchObject(missing)
    expect(await apply(shown, as('eve@other'))).toMatchObject(missing)
    expect(await rollBack(shown, as('eve@other'))).toMatchObject(missing)
    expect(await decide(shown, true, as('bob@acme'))).toMatchObject({
      status: 200,
      body: { approval: { decided_by: 'bob' }, created_by: 'ada' },
    })
  })

  it('refuses the approval of the person who asked, where auth tells persons apart', async () => {
    const auth = (request: Request) => ({ id: request.headers.get('authorization') ?? '' })
    const { post, decide, apply } = await open({ auth })
    const as = (name: string) => ({ headers: { authorization: name, 'x-ai-apply': 'true' } })
    const { body } = await post('/ai/patch/preview', { operations: [edit] }, as('ada'))
    const { change_set: shown } = body as { change_set: { id: string; digest: string } }
    expect(await decide(shown, true, as('ada'))).toMatchObject({ status: 403 })
    expect(await decide(shown, true, as('bob'))).toMatchObject({ status: 200 })
    expect(await apply(shown, as('ada'))).toMatchObject({ status: 200 })
  })

  it('needs no approval with the policy never, and with destructive only for what takes away', async () => {
    const never = await open({ changes: { approve: 'never' } })
    expect(await never.apply(await never.propose([edit]))).toMatchObject({ status: 200 })
    const some = await open({ changes: { approve: 'destructive' } })
    const shown = await some.propose([edit])
    expect(await some.apply(shown)).toMatchObject({
      status: 409,
      body: {
        error: {
          details: {
            change_set: { destructive: ['src/a.ts: removes or replaces 1 of 1 line'] },
          },
        },
      },
    })
    expect(await some.apply(await some.propose([create]))).toMatchObject({
      status: 200,
      body: { change_set: { approval: { required: false, status: 'not_required' } } },
    })
  })
})
