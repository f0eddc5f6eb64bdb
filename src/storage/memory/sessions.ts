import { StudioError } from '../../errors.ts'
import type { PageRequest, SessionStore } from '../store.ts'
import { forgetRun, parseCursor, type SessionRow, type State, toPage } from './state.ts'

/** Creates a session store in memory. */
export function createMemorySessionStore(state: State): SessionStore {
  const find = (tenant: string, id: string) => {
    const row = state.sessions.get(id)
    return row && row.session.tenant === tenant ? row : null
  }
  return {
    async create(session) {
      if (state.sessions.has(session.id)) throw new StudioError('conflict', 'Session id is taken')
      const serial = state.serial++
      state.sessions.set(session.id, { session, serial, messages: [], plain: [], open: [] })
    },
    async get(tenant, id) {
      return find(tenant, id)?.session ?? null
    },
    async list(page) {
      return toPage(matching(state, page), page.limit, (row) => row.session)
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

// The map is in order of `updatedAt`, so the newest first is its reverse.
function* matching(
  state: State,
  { tenant, agentId, cursor }: PageRequest & { agentId: string | null },
): Generator<SessionRow> {
  const after = parseCursor(cursor) ?? Infinity
  for (const row of [...state.sessions.values()].reverse()) {
    const { session, serial } = row
    if (serial >= after || session.tenant !== tenant) continue
    if (agentId === null || session.agentId === agentId) yield row
  }
}
