import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that all behaviour tests share; each test file has its own database on it. */
    postgresUrl: string
  }
}

/** Starts one PostgreSQL for the whole run; returns a function that stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(18)
  project.provide('postgresUrl', server.url())
  return () => server.remove()
}
