import type { LanguageModel, Studio } from 'fetch-studio'
import { serve } from 'fetch-studio/node'
import type { Hono } from 'hono'
import postgres from 'postgres'
import { createApi } from './api.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { resolveModel } from './model.ts'
import { decidePlan } from './plan-rules.ts'
import { createApps } from './project.ts'
import { copyProjectFiles } from './project-files.ts'
import { seed } from './seed.ts'
import { createStudio, pending } from './studio.ts'

/** A support desk that is running. */
export interface SupportDesk {
  readonly url: string
  readonly studio: Studio
  readonly api: Hono
  readonly model: LanguageModel
  /**
   * Starts a second instance on the same database, which answers nobody else. `cut` ends its connections, as when its network
   * fails: it loses the runs that it works on after two seconds.
   */
  openInstance(change: (model: LanguageModel) => LanguageModel): Instance
  /** Aborts when the desk stops. */
  readonly signal: AbortSignal
  /** Stops the instances and the server, then the database. */
  close(): Promise<void>
}

/** A studio without a server, with connections of its own. */
export interface Instance {
  readonly studio: Studio
  cut(): Promise<void>
}

/** Starts the database, migrates and seeds it, and serves the project's API and Studio on one port. */
export async function startSupportDesk({
  port,
  env = process.env,
}: {
  port: number
  env?: NodeJS.ProcessEnv
}): Promise<SupportDesk> {
  const database = await openDatabase(env)
  const sql = postgres(database.url, { max: 10, onnotice: () => undefined })
  const files = await copyProjectFiles()
  const release = async () => {
    await sql.end({ timeout: 5 })
    await database.close().finally(files.remove)
  }
  try {
    const apps = createApps(files.folderOf)
    await migrate(sql, apps, [pending])
    await seed(sql)
    const api = createApi(sql, files.readOrderView)
    const model = resolveModel(env)
    const planModel = resolveModel(env, { decide: decidePlan })
    const parts = { sql, databaseUrl: database.url, api, model, planModel, apps, root: files.root }
    const studio = createStudio(parts)
    const { url, close } = await serve(withApi(studio, api), {
      port,
      handleSignals: false,
      graceMs: 2_000,
      log: false,
    })
    const stop = new AbortController()
    const instances: Instance[] = []
    const openInstance = (change: (model: LanguageModel) => LanguageModel): Instance => {
      // an instance may be cut off while its first connection opens: postgres.js handles no failure of its read of types
      const options = { max: 5, fetch_types: false, onnotice: () => undefined }
      const own = postgres(database.url, options)
      const slow = change(resolveModel(env, { wordMs: 100 }))
      const more = { leaseMs: 2_000, shutdownMs: 0, onError }
      const instance = createStudio({ ...parts, sql: own, model: slow }, more)
      const cut = () => own.end({ timeout: 0 }).then(() => instance.close())
      const opened = { studio: instance, cut }
      instances.push(opened)
      return opened
    }
    const closeAll = async () => {
      stop.abort()
      await Promise.allSettled(instances.map(({ cut }) => cut()))
      await close().finally(release)
    }
    const { signal } = stop
    return { url, studio, api, model, openInstance, signal, close: closeAll }
  } catch (error) {
    await release()
    throw error
  }
}

/** What an instance says that has lost its database. */
const onError = () => undefined

function withApi(studio: Studio, api: Hono): Parameters<typeof serve>[0] {
  return {
    fetch: async (request, env, context) =>
      new URL(request.url).pathname.startsWith('/api/')
        ? api.fetch(request)
        : studio.fetch(request, env, context),
    secured: studio.secured,
    close: () => studio.close(),
  }
}
