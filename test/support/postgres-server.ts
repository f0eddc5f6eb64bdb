import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that all behaviour tests share; each file has a database of its own on it. */
    postgresUrl: string
  }
}

/** Starts one PostgreSQL for the whole run, and gives back what stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres(18)
  project.provide('postgresUrl', server.url())
  return () => server.remove()
}
