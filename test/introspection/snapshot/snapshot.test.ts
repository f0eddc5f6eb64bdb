import { describe, expect, it } from 'vitest'
import type { Model, ModelSource } from '../../../src/index.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

/** A project whose only model source counts how often it is asked, and answers when it is let. */
function counted(read: (asked: number) => Promise<Model[]> = async () => []) {
  const state = { asked: 0, now: 0 }
  const models: ModelSource = { read: () => read(++state.asked) }
  const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
  return { state, options: { project, clock: { now: () => state.now } } }
}

describe('the snapshot', () => {
  it('is read once for requests within its age, whatever they ask for', async () => {
    const { state, options } = counted()
    const { send } = createTestStudio(options)
    for (const path of ['handshake', 'context/summary', 'health', 'migrations/summary']) {
      await send(`/studio/${path}`)
    }
    expect(state.asked).toBe(1)
  })

  it('is read again when it is too old', async () => {
    const { state, options } = counted()
    const { send } = createTestStudio({ ...options, snapshotMaxAgeMs: 500 })
    await send('/studio/handshake')
    state.now = 499
    await send('/studio/handshake')
    expect(state.asked).toBe(1)
    state.now = 500
    await send('/studio/handshake')
    expect(state.asked).toBe(2)
  })

  it('is shared by requests that come while it is read', async () => {
    let answer = (_models: Model[]): void => undefined
    const { state, options } = counted(() => new Promise((resolve) => (answer = resolve)))
    const { send } = createTestStudio({ ...options, snapshotMaxAgeMs: 0 })
    const responses = Array.from({ length: 4 }, () => send('/studio/context/summary'))
    await expect.poll(() => state.asked).toBe(1)
    answer([])
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(state.asked).toBe(1)
  })

  it('recovers from a source that failed', async () => {
    const failure = new Error('source down')
    const { state, options } = counted((asked) =>
      asked === 1 ? Promise.reject(failure) : Promise.resolve([]),
    )
    const { get, failures } = createTestStudio({ ...options, database: fakeDatabase() })
    expect(await get('/studio/health')).toMatchObject({
      status: 'degraded',
      database: { last_error: expect.stringContaining('models of a') },
    })
    expect(failures).toEqual([failure])
    state.now = 5_000
    expect(await get('/studio/health')).toMatchObject({ status: 'healthy' })
  })

  it('survives a source that throws at once', async () => {
    const models: ModelSource = {
      read() {
        throw new TypeError('bug in a source')
      },
    }
    const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
    const { send } = createTestStudio({ project })
    expect((await send('/studio/context/summary')).status).toBe(200)
  })

  it('tells of two models with one name', async () => {
    const model = { name: 'User', table: 'users', schema: null, description: null }
    const twins = [{ ...model, fields: [], relations: [] }]
    const models: ModelSource = { read: async () => [...twins, ...twins] }
    const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
    const { get } = createTestStudio({ project, database: fakeDatabase() })
    expect(await get('/studio/health')).toMatchObject({
      status: 'degraded',
      database: { last_error: 'models: two are named User' },
    })
  })
})
