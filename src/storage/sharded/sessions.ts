import type { SessionStore } from '../store.ts'
import { latestFirst, readMergedPage } from './merged-page.ts'
import type { Routes } from './routes.ts'

/** Creates a session store over several. A session is in one of them, with its runs. */
export function createShardedSessions({ shards, find, create }: Routes): SessionStore {
  return {
    create: (session) => create(session.id, ({ sessions }) => sessions.create(session)),
    get: (tenant, id) => find(id, ({ sessions }) => sessions.get(tenant, id)),
    list: (filter) =>
      readMergedPage(shards, filter, {
        list: ({ sessions }, part) => sessions.list(part),
        compare: (a, b) => latestFirst([a.updatedAt, a.id], [b.updatedAt, b.id]),
      }),
    update: (tenant, id, change) => find(id, ({ sessions }) => sessions.update(tenant, id, change)),
    messages: (id, limit, before) =>
      find(
        id,
        ({ sessions }) => sessions.messages(id, limit, before),
        (messages) => messages.length > 0,
      ),
    read: (tenant, id, page) => find(id, ({ sessions }) => sessions.read(tenant, id, page)),
    delete: (tenant, id) =>
      find(
        id,
        ({ sessions }) => sessions.delete(tenant, id),
        (isDeleted) => isDeleted,
      ),
  }
}
