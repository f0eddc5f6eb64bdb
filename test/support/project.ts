import { z } from 'zod'
import {
  type Database,
  defineProject,
  type ProjectDefinition,
  Studio,
  type StudioOptions,
} from '../../src/index.ts'
import { zodModels } from '../../src/zod.ts'
import { type MigrationFiles, sqlMigrations } from '../../src/postgres.ts'

/** The paths of five introspection endpoints. */
export const endpoints = [
  '/studio/handshake',
  '/studio/context/summary',
  '/studio/health',
  '/studio/migrations/summary',
  '/studio/schema/handshake',
]

/** A folder of migrations in memory: contents by file name. An `Error` in place of contents is thrown. */
export function memoryFiles(files: Readonly<Record<string, string | Error>>): MigrationFiles {
  return {
    list: async () => Object.keys(files),
    async read(name) {
      const content = files[name]
      if (typeof content === 'string') return new TextEncoder().encode(content)
      throw content ?? new Error(`No file ${name}`)
    },
  }
}

const Author = z.object({ id: z.uuid(), name: z.string() })
const Book = z.object({ id: z.uuid(), title: z.string().max(80), author: Author })

/** Defines a project with two apps, two models joined by a foreign key, and three migrations. */
export function sampleProject(overrides: Partial<ProjectDefinition> = {}) {
  return defineProject({
    name: 'Library',
    version: '2.1.0',
    apps: [
      {
        label: 'library',
        models: zodModels({ Author, Book }),
        migrations: sqlMigrations(memoryFiles({ '0001_initial.sql': '', '0002_tags.sql': '' })),
      },
      { label: 'accounts', migrations: sqlMigrations(memoryFiles({ '0001_initial.sql': '' })) },
    ],
    resources: [{ model: 'Book', prefix: '/api/books' }],
    routes: [{ method: 'GET', path: '/api/books' }],
    ...overrides,
  })
}

/** Makes an empty database that responds at once, with 8 of 10 connections free, and the overrides of a test. */
export function fakeDatabase(overrides: Partial<Database> = {}): Database {
  return {
    dialect: 'postgresql',
    ping: async () => undefined,
    query: async () => ({ rows: [], truncated: false }),
    read: async (selects) =>
      Object.fromEntries(Object.keys(selects).map((name) => [name, []])) as never,
    pool: () => ({ size: 10, available: 8 }),
    ...overrides,
  }
}

/** Makes a studio over the sample project, with the errors it reported to `onError`. */
export function createTestStudio(options: StudioOptions = {}) {
  const failures: unknown[] = []
  const studio = new Studio([], {
    project: sampleProject(),
    onError: (error) => void failures.push(error),
    ...options,
  })
  const send = (path: string, headers: Record<string, string> = {}) =>
    studio.fetch(new Request(new URL(path, 'http://studio.test'), { headers }))
  return { studio, failures, send, get: async (path: string) => (await send(path)).json() }
}
