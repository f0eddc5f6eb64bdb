import { StudioError } from '../../errors.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Session } from '../../records/session.ts'
import type { Page, SessionMessage, SessionStore } from '../store.ts'
import { isUniqueViolation, type SqlClient } from './client.ts'
import { toSession } from './rows.ts'
import { createStatement } from './statement.ts'

/** Creates a session store on PostgreSQL. */
export function createPostgresSessionStore(client: SqlClient, schema: string): SessionStore {
  return {
    async create(session) {
      const { bind, select } = createStatement()
      const { text, parameters } = select(
        `insert into ${schema}.sessions (id, tenant, agent_id, title, metadata, created_at, updated_at)
         values (${bind(session.id)}, ${bind(session.tenant)}, ${bind(session.agentId)}, ${bind(session.title)},
           ${bind(session.metadata)}::jsonb, ${bind(session.createdAt)}::timestamptz,
           ${bind(session.updatedAt)}::timestamptz)`,
      )
      await client.query(text, parameters).catch((error: unknown) => {
        if (isUniqueViolation(error)) throw new StudioError('conflict', 'Session id is taken')
        throw error
      })
    },
    async get(tenant, id) {
      const [row] = await client.query(
        `select * from ${schema}.sessions where tenant = $1::text and id = $2::text`,
        [tenant, id],
      )
      return row ? toSession(row) : null
    },
    list: (page) => listSessions(client, schema, page),
    async messages(id, limit, before) {
      const rows = await client.query(
        `select run_id, turn, message, position from ${schema}.run_messages
         where session_id = $1::text and position < $2::integer order by position desc limit $3::integer`,
        [id, before ?? 2_147_483_647, limit],
      )
      return rows
        .map((row) => ({
          runId: String(row['run_id']),
          turn: Number(row['turn']),
          message: row['message'] as SessionMessage['message'],
          position: Number(row['position']),
        }))
        .reverse()
    },
    async delete(tenant, id) {
      const rows = await client.query(
        `delete from ${schema}.sessions where tenant = $1::text and id = $2::text returning id`,
        [tenant, id],
      )
      return rows.length > 0
    },
  }
}

async function listSessions(
  client: SqlClient,
  schema: string,
  { tenant, limit, cursor, agentId }: Parameters<SessionStore['list']>[0],
): Promise<Page<Session>> {
  const { bind, select } = createStatement()
  const conditions = [`tenant = ${bind(tenant)}`]
  if (agentId !== null) conditions.push(`agent_id = ${bind(agentId)}`)
  if (cursor !== null) {
    const [updatedAt, id] = decodeCursor(cursor, ['string', 'string'])
    const after = `(${bind(String(updatedAt))}::timestamptz, ${bind(String(id))})`
    conditions.push(`(updated_at, id) < ${after}`)
  }
  const { text, parameters } = select(
    `select * from ${schema}.sessions where ${conditions.join(' and ')}
     order by updated_at desc, id desc limit ${bind(limit + 1, 'integer')}`,
  )
  const rows = (await client.query(text, parameters)).map(toSession)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    cursor: rows.length > limit && last ? encodeCursor([last.updatedAt, last.id]) : null,
  }
}
