import {
  type Page,
  type PageRequest,
  type Session,
  type SessionMessage,
  type SessionStore,
  StudioError,
} from 'fetch-studio'
import type { Content, JsonFile, SessionDocument } from './json-file.ts'
import { toPage } from './page.ts'

export class JsonSessions implements SessionStore {
  readonly #file: JsonFile

  constructor(file: JsonFile) {
    this.#file = file
  }

  create(session: Session): Promise<void> {
    return this.#file.change((content) => {
      if (content.sessions.some((document) => document.session.id === session.id)) {
        throw new StudioError('conflict', 'The session id is taken')
      }
      content.sessions.push({ session, serial: content.serial++, messages: [] })
    })
  }

  get(tenant: string, id: string): Promise<Session | null> {
    return this.#file.read((content) => findSession(content, tenant, id)?.session ?? null)
  }

  list(page: PageRequest & { readonly agentId: string | null }): Promise<Page<Session>> {
    return this.#file.read(({ sessions }) => {
      const matching = sessions
        .filter(({ session }) => session.tenant === page.tenant)
        .filter(({ session }) => page.agentId === null || session.agentId === page.agentId)
        .toSorted((a, b) => b.serial - a.serial)
      return toPage(matching, { ...page, order: 'descending' }, ({ session }) => session)
    })
  }

  messages(id: string, limit: number, before: number | null): Promise<SessionMessage[]> {
    return this.#file.read(({ sessions }) => {
      const messages = sessions.find(({ session }) => session.id === id)?.messages ?? []
      const end = Math.min(before ?? messages.length, messages.length)
      return messages.slice(Math.max(0, end - limit), end)
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

export function findSession(
  { sessions }: Content,
  tenant: string,
  id: string | null,
): SessionDocument | undefined {
  return sessions.find(({ session }) => session.id === id && session.tenant === tenant)
}
