import type { LanguageModel, Studio } from 'fetch-studio'
import { serve } from 'fetch-studio/node'
import type { Hono } from 'hono'
import postgres from 'postgres'
import { createApi } from './api.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { resolveModel } from './model.ts'
import { apps } from './project.ts'
import { seed } from './seed.ts'
import { createStudio } from './studio.ts'

/** A support desk that is running. */
export interface SupportDesk {
  readonly url: string
  readonly studio: Studio
  readonly api: Hono
  readonly model: LanguageModel
  /** Stops the server, then the database. */
  close(): Promise<void>
}

/** Has the same parent as `0003_order_notes` and stays pending, to show a branched app. */
const pending = 'orders.0003_refund_reasons'

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
  const release = async () => {
    await sql.end({ timeout: 5 })
    await database.close()
  }
  try {
    await migrate(sql, apps, [pending])
    await seed(sql)
    const api = createApi(sql)
    const model = resolveModel(env)
    const studio = createStudio(sql, api, model)
    const { url, close } = await serve(withApi(studio, api), {
      port,
      handleSignals: false,
      graceMs: 2_000,
      log: false,
    })
    return { url, studio, api, model, close: () => close().finally(release) }
  } catch (error) {
    await release()
    throw error
  }
}

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
