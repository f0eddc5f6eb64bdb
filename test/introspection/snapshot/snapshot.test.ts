import { describe, expect, it } from 'vitest'
import type { Model, ModelSource } from '../../../src/index.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

/** Creates a project whose only model source counts its reads and returns the result of `read`. */
function createCountedProject(read: (count: number) => Promise<Model[]> = async () => []) {
  const state = { reads: 0, now: 0 }
  const models: ModelSource = { read: () => read(++state.reads) }
  const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
  return { state, options: { project, clock: { now: () => state.now } } }
}

describe('the snapshot', () => {
  it('the snapshot is read once for all requests within its maximum age', async () => {
    const { state, options } = createCountedProject()
    const { send } = createTestStudio(options)
    for (const path of ['handshake', 'context/summary', 'health', 'migrations/summary']) {
      await send(`/studio/${path}`)
    }
    expect(state.reads).toBe(1)
  })

  it('the snapshot is read again at its maximum age', async () => {
    const { state, options } = createCountedProject()
    const { send } = createTestStudio({ ...options, snapshotMaxAgeMs: 500 })
    await send('/studio/handshake')
    state.now = 499
    await send('/studio/handshake')
    expect(state.reads).toBe(1)
    state.now = 500
    await send('/studio/handshake')
    expect(state.reads).toBe(2)
  })

  it('requests that arrive during a read of the snapshot share it', async () => {
    let answer = (_models: Model[]): void => undefined
    const { state, options } = createCountedProject(
      () => new Promise((resolve) => (answer = resolve)),
    )
    const { send } = createTestStudio({ ...options, snapshotMaxAgeMs: 0 })
    const responses = Array.from({ length: 4 }, () => send('/studio/context/summary'))
    await expect.poll(() => state.reads).toBe(1)
    answer([])
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(state.reads).toBe(1)
  })

  it('the snapshot is healthy again once a failed source answers', async () => {
    const failure = new Error('source down')
    const { state, options } = createCountedProject((count) =>
      count === 1 ? Promise.reject(failure) : Promise.resolve([]),
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

  it('a source that throws synchronously does not fail the request', async () => {
    const models: ModelSource = {
      read() {
        throw new TypeError('bug in a source')
      },
    }
    const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
    const { send } = createTestStudio({ project })
    expect((await send('/studio/context/summary')).status).toBe(200)
  })

  it('health reports two models of the same name', async () => {
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
