import { describe, expect, it } from 'vitest'
import type { Model, ModelSource } from '../../../src/index.ts'
import type { Snapshot } from '../../../src/introspection/model/snapshot.ts'
import { readSnapshot } from '../../../src/introspection/snapshot/read-snapshot.ts'
import { fixedClock } from '../../../src/testing.ts'
import { sampleProject } from '../../support/project.ts'

const user: Model = {
  name: 'User',
  table: 'users',
  schema: null,
  description: null,
  fields: [],
  relations: [],
}

/** Reads a project whose only model source returns `models`, without a database. */
function read(models: readonly Model[], previous: Snapshot | null, settings: object = {}) {
  // The list itself, not a copy: sources return the same list while the catalog stays the same.
  const source: ModelSource = { read: async () => models as Model[] }
  const project = sampleProject({ apps: [{ label: 'a', models: source }], resources: [] })
  return readSnapshot({
    project,
    database: null,
    status: async () => ({
      connected: false,
      dialect: 'postgresql',
      pool_size: 0,
      pool_available: 0,
      latency_ms: null,
      last_error: null,
    }),
    ownRoutes: [],
    served: { capabilities: [], endpoints: {} },
    settings,
    previous,
    report: () => undefined,
    memory: new Map(),
    clock: fixedClock(),
  })
}

describe('readSnapshot', () => {
  it('readSnapshot returns the previous snapshot itself if nothing changed', async () => {
    const models = [user]
    const first = await read(models, null)
    expect(await read(models, first)).toBe(first)
  })

  it('readSnapshot keeps the models, as the same objects, if only a setting changed', async () => {
    const models = [user]
    const first = await read(models, null)
    const second = await read(models, first, { log_level: 'DEBUG' })
    expect(second).not.toBe(first)
    expect(second.models).toBe(first.models)
    expect(second.declaredModels).toBe(first.declaredModels)
    expect(second.checksums.settings_checksum).not.toBe(first.checksums.settings_checksum)
  })

  it('readSnapshot derives the models anew if a source returns another list', async () => {
    const first = await read([user], null)
    const second = await read([{ ...user, table: 'people' }], first)
    expect(second.models).toMatchObject([{ table: 'people' }])
    expect(second.checksums.schema_checksum).not.toBe(first.checksums.schema_checksum)
  })
})
