import { StudioError } from '../../errors.ts'
import { checkNewSession } from '../keys.ts'
import type {
  SessionFilter,
  SessionMessage,
  SessionPage,
  SessionReading,
  SessionStore,
} from '../store.ts'
import type { Session } from '../../records/session.ts'
import { evictSessions, forgetSession } from './evict.ts'
import {
  parseCursor,
  type SessionRow,
  type State,
  timestamp,
  toPage,
  toSummary,
  touchSession,
} from './state.ts'

/** Creates a session store in memory. */
export function createMemorySessionStore(state: State): SessionStore {
  const find = (tenant: string, id: string) => {
    const row = state.sessions.get(id)
    return row && row.session.tenant === tenant ? row : null
  }
  return {
    async create(created) {
      checkNewSession(created)
      const { id, tenant, agentId, title, metadata } = created
      if (state.sessions.has(id)) throw new StudioError('conflict', 'Session id is taken')
      const now = timestamp(state)
      const times = { createdAt: now, updatedAt: now }
      const session = { id, tenant, agentId, title, metadata, ...times, messageCount: 0 }
      const serial = state.serial++
      state.sessions.set(id, { session, serial, messages: [], plain: [], open: [] })
      evictSessions(state)
      return session
    },
    async get(tenant, id) {
      return find(tenant, id)?.session ?? null
    },
    async list(page) {
      const isFound = page.search ? await findBy(page.search) : () => true
      return toPage(matching(state, page, isFound), page.limit, (row) => row.session)
    },
    async update(tenant, id, change) {
      const row = find(tenant, id)
      if (!row) return null
      touchSession(state, row, change)
      return row.session
    },
    async messages(id, limit, before) {
      const messages = state.sessions.get(id)?.messages ?? []
      const end = Math.min(before ?? messages.length, messages.length)
      return messages.slice(Math.max(0, end - limit), end)
    },
    async read(tenant, id, page) {
      const row = find(tenant, id)
      return row && readSession(state, row, page)
    },
    async delete(tenant, id) {
      if (!find(tenant, id)) return false
      forgetSession(state, id)
      return true
    },
  }
}

function readSession(state: State, row: SessionRow, page: SessionPage): SessionReading {
  const end = Math.min(page.before ?? row.messages.length, row.messages.length)
  const messages: SessionMessage[] = []
  let bytes = 0
  while (messages.length < page.limit && messages.length < end && bytes < page.bytes) {
    const message = row.messages[end - messages.length - 1]
    if (!message) break
    messages.unshift(message)
    bytes += JSON.stringify(message.message).length
  }
  const runIds = new Set(messages.map(({ runId }) => runId))
  const runs = [...runIds].flatMap((id) => state.runs.get(id) ?? [])
  return {
    session: row.session,
    messages,
    runs: runs.map((run) => ({
      run: toSummary(run.run),
      lastMessage: run.messages.at(-1) ?? null,
      approvals: [...run.approvals.values()],
    })),
  }
}

async function findBy(search: string) {
  const { sessionHolds } = await import('../search.ts')
  return (session: Session) => sessionHolds(session, search)
}

// The map is in order of `updatedAt`, so the newest first is its reverse.
function* matching(
  state: State,
  { tenant, agentId, cursor }: SessionFilter,
  isFound: (session: Session) => boolean,
): Generator<SessionRow> {
  const after = parseCursor(cursor) ?? Infinity
  for (const row of [...state.sessions.values()].reverse()) {
    const { session, serial } = row
    if (serial >= after || session.tenant !== tenant) continue
    if (agentId !== null && session.agentId !== agentId) continue
    if (isFound(session)) yield row
  }
}
