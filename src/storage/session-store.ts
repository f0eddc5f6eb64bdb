import type { Approval } from '../records/approval.ts'
import type { RunMessage, RunSummary } from '../records/run.ts'
import type { Session } from '../records/session.ts'
import type { Page, SessionFilter } from './page.ts'

/** Keeps conversations: their title, metadata and messages. */
export interface SessionStore {
  /**
   * Saves a new, empty session and resolves to it; its times come from the store. Rejects with `conflict` when its id is
   * taken, and with `bad_request` when the id, the tenant or the agent id has more than 512 bytes.
   */
  create(session: NewSession): Promise<Session>
  /** Resolves to null when the tenant has no such session. */
  get(tenant: string, id: string): Promise<Session | null>
  /** One page, the latest `updatedAt` first. */
  list(filter: SessionFilter): Promise<Page<Session>>
  /**
   * Replaces the title, the metadata or both, and sets `updatedAt`; what is absent stays. Null when the tenant has no such
   * session.
   */
  update(tenant: string, id: string, change: SessionChange): Promise<Session | null>
  /** The last `limit` messages before position `before`, oldest first; null counts from the end. */
  messages(id: string, limit: number, before: number | null): Promise<SessionMessage[]>
  /**
   * One page of a session with what its transcript needs, all of the same moment. Null when the tenant has no such session.
   */
  read(tenant: string, id: string, page: SessionPage): Promise<SessionReading | null>
  /** Deletes the session with its runs, messages, log entries and approvals. False when the tenant has no such session. */
  delete(tenant: string, id: string): Promise<boolean>
}

/** A session before it is saved. */
export type NewSession = Omit<Session, 'createdAt' | 'updatedAt' | 'messageCount'>

/** What a client changes of a session. */
export type SessionChange = Partial<Pick<Session, 'title' | 'metadata'>>

/** Which messages of a session to read: the last `limit` before position `before`, where null counts from the end. */
export interface SessionPage {
  readonly limit: number
  readonly before: number | null
  /** The page ends with the message that exceeds this many bytes of JSON, counted from the newest. */
  readonly bytes: number
}

/** A session, messages of it, oldest first, and the runs that wrote them. */
export interface SessionReading {
  readonly session: Session
  readonly messages: readonly SessionMessage[]
  readonly runs: readonly SessionRun[]
}

/** A run as the transcript of its session shows it. */
export interface SessionRun {
  readonly run: RunSummary
  /** The last message that the run has written; null if there is none. */
  readonly lastMessage: RunMessage | null
  readonly approvals: readonly Approval[]
}

/** A message of a session, with the run that wrote it and its position, counted from 0. */
export interface SessionMessage extends RunMessage {
  readonly runId: string
  readonly position: number
}
