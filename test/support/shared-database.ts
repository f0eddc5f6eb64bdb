import postgres, { type Sql } from 'postgres'
import { inject } from 'vitest'

/** Creates an empty database on the server of `postgres-server.ts`, and a pool that the caller closes. */
export async function createSharedDatabase(): Promise<{ sql: Sql; url: string }> {
  const url = new URL(inject('postgresUrl'))
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  const admin = postgres(url.href, { max: 1 })
  await admin.unsafe(`create database ${name}`)
  await admin.end()
  url.pathname = name
  return { sql: postgres(url.href, { max: 5, onnotice: () => undefined }), url: url.href }
}
