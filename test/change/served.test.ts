import { describe, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { memoryStores, Studio, type StudioOptions } from '../../src/index.ts'
import { createFolder } from '../support/workspace.ts'

const endpoints = {
  patch_preview: '/ai/patch/preview',
  patch_apply: '/ai/patch/apply',
  changes: '/ai/changes',
}

async function handshakeOf(options: StudioOptions) {
  const studio = new Studio([], options)
  const response = await studio.fetch('/studio/handshake')
  const handshake = (await response.json()) as {
    capabilities: string[]
    endpoints: Record<string, string>
    metadata: { endpoint_templates: Record<string, string> }
  }
  const post = await studio.fetch('/ai/patch/preview', { method: 'POST' })
  const apply = await studio.fetch('/ai/patch/apply', { method: 'POST' })
  const list = await studio.fetch('/ai/changes')
  await studio.close()
  return { handshake, statuses: [post.status, apply.status, list.status] }
}

describe('the endpoints of change sets', () => {
  it('are served and advertised with a workspace that `allow` names', async () => {
    const { root } = await createFolder()
    const { handshake, statuses } = await handshakeOf({
      workspace: nodeWorkspace({ root }),
      allow: ['ai_patch'],
    })
    expect(handshake.capabilities).toContain('ai_patch')
    expect(handshake.endpoints).toMatchObject(endpoints)
    expect(handshake.metadata.endpoint_templates).toMatchObject({
      change: '/ai/changes/{changeId}',
      roll_back_change: '/ai/changes/{changeId}/rollback',
    })
    expect(statuses).toEqual([415, 403, 200])
  })

  it.each<[string, (root: string) => StudioOptions]>([
    ['a workspace', () => ({ allow: ['ai_patch'] })],
    ['`allow`', (root) => ({ workspace: nodeWorkspace({ root, write: ['**'] }) })],
    [
      'stores that keep change sets',
      (root) => ({
        allow: ['ai_patch'],
        workspace: nodeWorkspace({ root }),
        stores: { ...memoryStores(), kind: 'custom' },
      }),
    ],
    [
      'the endpoints for AI clients',
      (root) => ({ allow: ['ai_patch'], workspace: nodeWorkspace({ root }), ai: false }),
    ],
  ])('are neither served nor advertised without %s', async (_what, toOptions) => {
    const { root } = await createFolder()
    const { handshake, statuses } = await handshakeOf(toOptions(root))
    expect(handshake.capabilities).not.toContain('ai_patch')
    for (const name of Object.keys(endpoints)) expect(handshake.endpoints).not.toHaveProperty(name)
    expect(statuses).toEqual([404, 404, 404])
  })

  it.each<[string, StudioOptions['allow'] & object, boolean, string[]]>([
    ['ai_codegen', ['ai_codegen'], true, ['codegen_preview', 'changes']],
    [
      'both',
      ['ai_codegen', 'ai_patch'],
      true,
      ['codegen_preview', 'patch_preview', 'patch_apply', 'changes'],
    ],
    ['ai_codegen without a database', ['ai_codegen'], false, []],
    [
      'both without a database',
      ['ai_codegen', 'ai_patch'],
      false,
      ['patch_preview', 'patch_apply', 'changes'],
    ],
  ])('are those that are allowed: %s', async (_what, allow, hasDatabase, names) => {
    const { root } = await createFolder()
    const fail = () => Promise.reject(new Error('nobody reads it'))
    const pool = () => ({ size: 1, available: 1 })
    const database = {
      dialect: 'postgresql',
      ping: async () => undefined,
      read: fail,
      query: fail,
      pool,
    }
    const { handshake } = await handshakeOf({
      workspace: nodeWorkspace({ root }),
      allow,
      onError: () => undefined,
      ...(hasDatabase ? { database } : {}),
    })
    const all = { ...endpoints, codegen_preview: '/ai/codegen/preview' }
    expect(
      Object.keys(handshake.endpoints)
        .filter((name) => name in all)
        .toSorted(),
    ).toEqual(names.toSorted())
    const has = (name: string) => handshake.capabilities.includes(name)
    expect(has('ai_codegen')).toBe(names.includes('codegen_preview'))
    expect(has('ai_patch')).toBe(names.includes('patch_preview'))
    expect('apply_change' in handshake.metadata.endpoint_templates).toBe(names.length > 0)
  })

  it('a workspace without patterns allows no file', async () => {
    const { root, write } = await createFolder()
    await write('src/a.ts', 'a')
    const studio = new Studio([], { workspace: nodeWorkspace({ root }), allow: ['ai_patch'] })
    const response = await studio.fetch('/ai/patch/preview', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operations: [{ type: 'modify_file', path: 'src/a.ts', text: 'b' }] }),
    })
    expect(await response.json()).toMatchObject({
      errors: ['Operation 1: protected_file: the workspace does not allow to write it'],
    })
  })

  it('a workspace or an option that is malformed is refused when it is made', () => {
    const refusals: (() => unknown)[] = [
      () => nodeWorkspace({ root: '' }),
      () => nodeWorkspace({ root: '.', write: ['../x'] }),
      () => nodeWorkspace({ root: '.', write: ['/etc/**'] }),
      () => nodeWorkspace({ root: '.', write: ['!src/**'] }),
      () => nodeWorkspace({ root: '.', write: ['src/{a'] }),
      () => new Studio([], { workspace: nodeWorkspace({ root: '.' }), changes: { expiresMs: -1 } }),
      () =>
        new Studio([], { workspace: nodeWorkspace({ root: '.' }), changes: { proof: 'required' } }),
      () =>
        new Studio([], {
          workspace: nodeWorkspace({ root: '.' }),
          changes: { approve: 'sometimes' as 'never' },
        }),
    ]
    for (const refuse of refusals)
      expect(refuse).toThrow(/pattern|root|braces|expiresMs|approve|shadow/)
  })
})
