import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProject, type ProjectDefinition } from '../../src/index.ts'
import { zodModels } from '../../src/zod.ts'

const define = (rest: Partial<ProjectDefinition>) => defineProject({ name: 'Library', ...rest })
const models = (name: string) => zodModels({ [name]: z.object({ id: z.int() }) })

describe('defineProject', () => {
  it('defineProject() fills in defaults for omitted options', () => {
    expect(defineProject({ name: 'Library' })).toEqual({
      name: 'Library',
      version: '0.0.0',
      environment: undefined,
      debug: undefined,
      apps: [],
      resources: [],
      routes: [],
      app: null,
      admin: null,
      settings: {},
    })
  })

  it('defineProject() reads no source', () => {
    const read = () => {
      throw new Error('asked')
    }
    expect(define({ apps: [{ label: 'a', models: { read } }] }).apps).toHaveLength(1)
  })

  it('defineProject() lower-cases the environment and removes the trailing slash of prefixes', () => {
    const project = define({ environment: 'QA', resources: [{ model: 'A', prefix: '/a/' }] })
    expect(project).toMatchObject({ environment: 'qa', resources: [{ prefix: '/a' }] })
  })

  it.each<[string, RegExp, Partial<ProjectDefinition>]>([
    ['no name', /needs a name/, { name: ' ' }],
    ['a label with a dot', /"a.b"/, { apps: [{ label: 'a.b' }] }],
    ['an empty label', /label ""/, { apps: [{ label: '' }] }],
    ['a label twice', /label "a" is given twice/, { apps: [{ label: 'a' }, { label: 'a' }] }],
    ['a malformed model name', /"1st"/, { apps: [{ label: 'a', models: models('1st') }] }],
    [
      'a model name in two apps',
      /model name "User" is given twice/,
      { apps: ['a', 'b'].map((label) => ({ label, models: models('User') })) },
    ],
    ['a prefix without a slash', /"api"/, { resources: [{ model: 'A', prefix: 'api' }] }],
    [
      'a prefix twice',
      /"\/api" is given twice/,
      { resources: ['/api', '/api/'].map((prefix) => ({ model: 'A', prefix })) },
    ],
    ['a secret', /"apiKey" looks like a secret/, { settings: { apiKey: 'x' } }],
    ['a path without a slash', /"api"/, { routes: { method: 'GET', path: 'api' } }],
    ['an admin site without a route', /"\/admin"/, { admin: '/admin' }],
    ['something that is not a route', /A route must be/, { routes: [{}] as never }],
  ])('defineProject() refuses %s', (_what, message, definition) => {
    expect(() => define(definition)).toThrow(TypeError)
    expect(() => define(definition)).toThrow(message)
  })
})
