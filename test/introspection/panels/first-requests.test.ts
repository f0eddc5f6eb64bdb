import { describe, expect, it } from 'vitest'
import { defineProject } from '../../../src/index.ts'
import { at, listAt } from '../../support/json.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

const panels = [
  '/studio/runtime/info',
  '/studio/runtime/routes',
  '/studio/models/inspect/all',
  '/studio/models/inspect/Book',
  '/studio/diagnostics',
]

describe('the first requests of a Studio page', () => {
  it('the four answers that the page waits for are 200 at the same time, without `debug` and without a database', async () => {
    const { send } = createTestStudio()
    const paths = ['/studio/handshake', '/studio/context/summary', ...panels]
    const answers = await Promise.all(paths.map((path) => send(path)))
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200))
  })

  it.each([
    ['ok', { project: sampleProject({ apps: [] }), database: fakeDatabase() }],
    ['degraded', { database: fakeDatabase() }],
    ['disconnected', { database: fakeDatabase({ ping: () => Promise.reject(Error('gone')) }) }],
    ['disconnected', {}],
  ])('runtime/info reports the database as %s', async (status, options) => {
    const resources = { project: sampleProject({ resources: [{ model: 'Nobody', prefix: '/x' }] }) }
    const { get } = createTestStudio({
      ...(status === 'degraded' ? resources : {}),
      ...options,
    })
    expect(await get('/studio/runtime/info')).toMatchObject({ database_status: status })
  })

  it('runtime/info describes the process and the project', async () => {
    const { get } = createTestStudio({ debug: true, basePath: '/internal' })
    const info = await get('/internal/studio/runtime/info')
    expect(info).toMatchObject({
      python_version: `node ${process.versions.node}`,
      debug: true,
      env: 'test',
      pid: process.pid,
      pending_migrations: 3,
      installed_apps: ['library', 'accounts'],
      studio_enabled: true,
      studio_base_path: '/internal/studio',
    })
    expect(Number(at(info, 'uptime_seconds'))).toBeGreaterThan(0)
    expect(Date.parse(String(at(info, 'start_time')))).toBeLessThan(Date.now())
  })

  it('runtime/routes lists the same routes as the context, with the app of each resource', async () => {
    const { get } = createTestStudio()
    const routes = (await get('/studio/runtime/routes')) as { path: string }[]
    const context = listAt(await get('/ai/context/routes'), 'routes')
    expect(routes.map(({ path }) => path)).toEqual(context.map((route) => at(route, 'path')))
    expect(routes.find(({ path }) => path === '/api/books')).toEqual({
      path: '/api/books',
      methods: ['GET'],
      name: null,
      app_label: 'library',
      is_studio: false,
      is_admin: false,
      is_ai: false,
    })
    expect(routes.find(({ path }) => path === '/studio/runtime/routes')).toMatchObject({
      name: 'runtime_routes',
      app_label: null,
      is_studio: true,
    })
  })

  it('a prefix moves what counts as a route of Studio', async () => {
    const project = sampleProject({ routes: [{ method: 'GET', path: '/ai/mine' }] })
    const { get } = createTestStudio({ project, basePath: '/internal' })
    const routes = (await get('/internal/studio/runtime/routes')) as Record<string, unknown>[]
    const flagsOf = (path: string) => routes.find((route) => route['path'] === path)
    expect(flagsOf('/ai/mine')).toMatchObject({ is_ai: false, is_studio: false })
    expect(flagsOf('/internal/ai/tools')).toMatchObject({ is_ai: true, is_studio: false })
    const context = listAt(await get('/internal/ai/context/routes'), 'routes')
    const typeOf = (path: string) =>
      at(
        context.find((route) => at(route, 'path') === path),
        'source_type',
      )
    expect([typeOf('/ai/mine'), typeOf('/internal/ai/tools')]).toEqual(['manual', 'ai'])
  })

  it('routes of the context have the name and the summary of their route', async () => {
    const { get, studio } = createTestStudio()
    const context = listAt(await get('/ai/context/routes'), 'routes')
    const told = context
      .filter((route) => at(route, 'name') !== null)
      .map((route) => [at(route, 'path'), at(route, 'name'), at(route, 'summary')])
    const own = studio.routes.map(({ path, name, summary }) => [path, name, summary])
    expect(told).toHaveLength(own.length)
    expect(told).toEqual(expect.arrayContaining(own))
  })
})

describe('the capabilities of the panels', () => {
  const capabilitiesOf = async (options: Parameters<typeof createTestStudio>[0]) =>
    at(await createTestStudio(options).get('/studio/handshake'), 'capabilities')
  const admin = defineProject({
    name: 'Shop',
    admin: '/admin/',
    routes: { method: 'GET', path: '/admin/users' },
  })

  it('`debug_panels` is granted with `debug`, and its panels answer', async () => {
    expect(await capabilitiesOf({ debug: true })).toContain('debug_panels')
    expect(await capabilitiesOf({})).not.toContain('debug_panels')
    const { get, send } = createTestStudio({ debug: true })
    const { endpoints } = (await get('/studio/handshake')) as { endpoints: Record<string, string> }
    for (const name of ['runtime_info', 'runtime_routes', 'models_inspect_all', 'diagnostics']) {
      expect([name, (await send(endpoints[name] ?? name)).status]).toEqual([name, 200])
    }
  })

  it('`admin_access` is granted to a project that names its admin site', async () => {
    expect(await capabilitiesOf({ project: admin })).toContain('admin_access')
    expect(await capabilitiesOf({ debug: true })).not.toContain('admin_access')
  })

  it('the context and the routes show the admin site', async () => {
    const { get } = createTestStudio({ project: admin })
    expect(await get('/ai/context/admin')).toMatchObject({ admin: { enabled: true } })
    const routes = listAt(await get('/ai/context/routes'), 'routes')
    expect(routes.filter((route) => at(route, 'source_type') === 'admin')).toHaveLength(1)
    const flags = (await get('/studio/runtime/routes')) as { is_admin: boolean }[]
    expect(flags.filter(({ is_admin }) => is_admin)).toHaveLength(1)
  })
})
