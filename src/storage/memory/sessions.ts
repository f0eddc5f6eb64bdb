import { StudioError } from '../../errors.ts'
import { decodeCursor } from '../cursor.ts'
import type { PageRequest, SessionStore } from '../store.ts'
import { forgetRun, type SessionRow, type State, toPage } from './state.ts'

/** Sessions in memory. */
export function createMemorySessionStore(state: State): SessionStore {
  const find = (tenant: string, id: string) => {
    const row = state.sessions.get(id)
    return row && row.session.tenant === tenant ? row : null
  }
  return {
    async create(session) {
      if (state.sessions.has(session.id)) throw new StudioError('conflict', 'Session id is taken')
      state.sessions.set(session.id, { session, messages: [], plain: [], open: [] })
    },
    async get(tenant, id) {
      return find(tenant, id)?.session ?? null
    },
    async list(page) {
      return toPage(
        matching(state, page),
        page.limit,
        (row) => row.session,
        ({ session }) => [session.updatedAt, session.id],
      )
    },
    async messages(id, limit, before) {
      const messages = state.sessions.get(id)?.messages ?? []
      const end = Math.min(before ?? messages.length, messages.length)
      return messages.slice(Math.max(0, end - limit), end)
    },
    async delete(tenant, id) {
      if (!find(tenant, id)) return false
      for (const row of state.runs.values()) if (row.run.sessionId === id) forgetRun(state, row)
      return state.sessions.delete(id)
    },
  }
}

/** The map is in order of `updatedAt`, so newest first is backwards; equal times keep the order of touching. */
function* matching(
  state: State,
  { tenant, agentId, cursor }: PageRequest & { agentId: string | null },
): Generator<SessionRow> {
  const [updatedAt, id] = cursor === null ? [] : decodeCursor(cursor, 2)
  let passed = updatedAt === undefined
  for (const row of [...state.sessions.values()].reverse()) {
    const { session } = row
    if (!passed) {
      if (session.id === id && session.updatedAt === updatedAt) passed = true
      else if (session.updatedAt < String(updatedAt)) passed = true
      else continue
      if (session.id === id) continue
    }
    if (session.tenant === tenant && (agentId === null || session.agentId === agentId)) yield row
  }
}
