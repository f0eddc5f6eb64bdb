import {
  type Clock,
  type NewSession,
  type Page,
  type Session,
  type SessionChange,
  type SessionFilter,
  type SessionMessage,
  type SessionPage,
  type SessionReading,
  type SessionStore,
  StudioError,
} from 'fetch-studio'
import type { Content, JsonFile, SessionDocument } from './json-file.ts'
import { toPage } from './page.ts'
import { isoTime } from './transitions.ts'

export class JsonSessions implements SessionStore {
  readonly #file: JsonFile
  readonly #clock: Clock

  constructor(file: JsonFile, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  create({ id, tenant, agentId, title, metadata }: NewSession): Promise<Session> {
    return this.#file.change((content) => {
      checkKeys({ id, tenant, agentId })
      if (content.sessions.some(({ session }) => session.id === id)) {
        throw new StudioError('conflict', 'The session id is taken')
      }
      const now = isoTime(this.#clock.now())
      const times = { createdAt: now, updatedAt: now }
      const session = { id, tenant, agentId, title, metadata, ...times, messageCount: 0 }
      content.sessions.push({ session, serial: content.serial++, messages: [] })
      return session
    })
  }

  get(tenant: string, id: string): Promise<Session | null> {
    return this.#file.read((content) => findSession(content, tenant, id)?.session ?? null)
  }

  list(page: SessionFilter): Promise<Page<Session>> {
    return this.#file.read(({ sessions }) => {
      const matching = sessions
        .filter(({ session }) => session.tenant === page.tenant)
        .filter(({ session }) => page.agentId === null || session.agentId === page.agentId)
        .filter(({ session }) => !page.search || holdsText(session, page.search.toLowerCase()))
        .toSorted((a, b) => b.serial - a.serial)
      return toPage(matching, { ...page, order: 'descending' }, ({ session }) => session)
    })
  }

  update(tenant: string, id: string, change: SessionChange): Promise<Session | null> {
    return this.#file.change((content) => {
      const document = findSession(content, tenant, id)
      if (!document) return null
      document.session = { ...document.session, ...change, updatedAt: isoTime(this.#clock.now()) }
      document.serial = content.serial++
      return document.session
    })
  }

  messages(id: string, limit: number, before: number | null): Promise<SessionMessage[]> {
    return this.#file.read(({ sessions }) => {
      const messages = sessions.find(({ session }) => session.id === id)?.messages ?? []
      const end = Math.min(before ?? messages.length, messages.length)
      return messages.slice(Math.max(0, end - limit), end)
    })
  }

  read(tenant: string, id: string, page: SessionPage): Promise<SessionReading | null> {
    return this.#file.read((content) => {
      const document = findSession(content, tenant, id)
      if (!document) return null
      const messages = cutPage(document.messages, page)
      const runIds = new Set(messages.map(({ runId }) => runId))
      const runs = content.runs
        .filter(({ run }) => runIds.has(run.id))
        .map(({ run, messages: [...own], approvals }) => ({
          run,
          lastMessage: own.at(-1) ?? null,
          approvals,
        }))
      return { session: document.session, messages, runs }
    })
  }

  delete(tenant: string, id: string): Promise<boolean> {
    return this.#file.change((content) => {
      if (!findSession(content, tenant, id)) return false
      content.sessions = content.sessions.filter(({ session }) => session.id !== id)
      content.runs = content.runs.filter(({ run }) => run.sessionId !== id)
      return true
    })
  }
}

/** The newest messages of a page, until it has enough messages or bytes. */
function cutPage(
  all: readonly SessionMessage[],
  { before, limit, bytes }: SessionPage,
): SessionMessage[] {
  const older = all.slice(0, before ?? undefined)
  const page: SessionMessage[] = []
  let size = 0
  for (const message of older.toReversed()) {
    if (page.length === limit || size >= bytes) break
    page.unshift(message)
    size += JSON.stringify(message.message).length
  }
  return page
}

/** Refuses values by which rows are found that would be too long for an index. */
export function checkKeys(keys: Readonly<Record<string, string>>): void {
  const faults = Object.entries(keys)
    .filter(([, value]) => new TextEncoder().encode(value).length > 512)
    .map(([path]) => ({ path, message: 'must have at most 512 bytes' }))
  if (faults.length === 0) return
  throw new StudioError('bad_request', 'A value is too long to be a key', { details: faults })
}

export function findSession(
  { sessions }: Content,
  tenant: string,
  id: string | null,
): SessionDocument | undefined {
  return sessions.find(({ session }) => session.id === id && session.tenant === tenant)
}

function holdsText({ title, metadata }: Session, wanted: string): boolean {
  const texts: string[] = []
  JSON.stringify([title, metadata], (_key, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') texts.push(String(value))
    return value
  })
  return texts.some((text) => text.toLowerCase().includes(wanted))
}
