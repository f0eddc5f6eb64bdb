import type { SessionStore, Stores } from '../store.ts'
import type { Collector } from './collector.ts'
import { cutReading } from './cut.ts'
import type { Payloads } from './payloads.ts'
import { walkAll, walkMessage, walkReading } from './walks.ts'

/** Creates a session store whose messages may be blobs. */
export function createBlobSessions(
  stores: Stores,
  { load }: Payloads,
  collector: Collector,
): SessionStore {
  const { sessions } = stores
  return {
    create: (session) => sessions.create(session),
    get: (tenant, id) => sessions.get(tenant, id),
    list: (filter) => sessions.list(filter),
    update: (tenant, id, change) => sessions.update(tenant, id, change),
    async messages(id, limit, before) {
      const messages = await sessions.messages(id, limit, before)
      return [...(await load(messages, walkAll(walkMessage)))]
    },
    async read(tenant, id, page) {
      const reading = await sessions.read(tenant, id, page)
      return reading && load(cutReading(reading, page.bytes), walkReading)
    },
    async delete(tenant, id) {
      const runIds = await listRuns(stores, tenant, id)
      const isDeleted = await sessions.delete(tenant, id)
      if (isDeleted) await collector.forget(runIds)
      return isDeleted
    },
  }
}

/** The blobs of so many runs are deleted with their session. `prune` finds those of others. */
const mostRuns = 1_000

async function listRuns({ runs }: Stores, tenant: string, sessionId: string): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof runs.list>> = await runs.list({
      tenant,
      sessionId,
      cursor,
      limit: 200,
      statuses: null,
      agentId: null,
    })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== null && ids.length < mostRuns)
  return ids
}
