import { StudioError } from '../../errors.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Session } from '../../records/session.ts'
import type { RunMessage } from '../../records/run.ts'
import type {
  Page,
  SessionChange,
  SessionFilter,
  SessionMessage,
  SessionPage,
  SessionReading,
  SessionStore,
} from '../store.ts'
import { checkNewSession } from '../keys.ts'
import { isUniqueViolation, type SqlClient, type SqlRow } from './client.ts'
import { lockOpen } from './elders.ts'
import { toApproval, toSession, toSummary } from './rows.ts'
import { listParts, messageOfRun, newestMessages, runColumns } from './selects.ts'
import { holdsText, searchesJson } from './search-condition.ts'
import { createStatement, now, toStorableText } from './statement.ts'

// above every position
const maxPosition = 2_147_483_647

/** Creates a session store on PostgreSQL. */
export function createPostgresSessionStore(client: SqlClient, schema: string): SessionStore {
  return {
    async create(session) {
      checkNewSession(session)
      const { bind, select } = createStatement()
      const insert = select(
        `insert into ${schema}.sessions (id, tenant, agent_id, title, metadata, created_at, updated_at)
         values (${bind(session.id)}, ${bind(session.tenant)}, ${bind(session.agentId)}, ${bind(session.title)},
           ${bind(session.metadata)}::jsonb, ${now}, ${now}) returning *`,
      )
      const [row] = await client.write(insert).catch((error: unknown) => {
        if (isUniqueViolation(error)) throw new StudioError('conflict', 'Session id is taken')
        throw error
      })
      return toSession(row ?? {})
    },
    async get(tenant, id) {
      const [row] = await client.query(
        `select * from ${schema}.sessions where tenant = $1::text and id = $2::text`,
        [tenant, id],
      )
      return row ? toSession(row) : null
    },
    list: (page) => listSessions(client, schema, page),
    update: (tenant, id, change) => updateSession(client, schema, { tenant, id, change }),
    async messages(id, limit, before) {
      const rows = await client.query(
        `select run_id, turn, message, position from ${schema}.run_messages
         where session_id = $1::text and position < $2::integer order by position desc limit $3::integer`,
        [id, before ?? maxPosition, limit],
      )
      return rows.map(toSessionMessage).reverse()
    },
    read: (tenant, id, page) => readSession(client, schema, { tenant, id, page }),
    async delete(tenant, id) {
      const { bind, part, select } = createStatement()
      const named = `tenant = ${bind(tenant)} and id = ${bind(id)}`
      // Runs are locked before their session, as in every other statement.
      const session = `(select s.id from ${schema}.sessions s where ${named})`
      part('open_runs', lockOpen(schema, session, { lock: 'for update' }))
      const rows = await client.write(
        select(
          `delete from ${schema}.sessions where ${named} and (select count(*) from open_runs) >= 0 returning id`,
        ),
      )
      return rows.length > 0
    },
  }
}

async function updateSession(
  client: SqlClient,
  schema: string,
  { tenant, id, change }: { tenant: string; id: string; change: SessionChange },
): Promise<Session | null> {
  const { bind, select } = createStatement()
  const columns = [`updated_at = ${now}`]
  if (change.title !== undefined) columns.push(`title = ${bind(change.title)}`)
  if (change.metadata !== undefined) columns.push(`metadata = ${bind(change.metadata)}::jsonb`)
  const [row] = await client.write(
    select(
      `update ${schema}.sessions set ${columns.join(', ')}
       where tenant = ${bind(tenant)} and id = ${bind(id)} returning *`,
    ),
  )
  return row ? toSession(row) : null
}

/** SQL: does the title, or a text or number anywhere in the metadata, hold this text? */
function searchCondition(text: string): string {
  return `(${holdsText('title', text)} or ${searchesJson('metadata', text)})`
}

async function listSessions(
  client: SqlClient,
  schema: string,
  { tenant, limit, cursor, agentId, search = null }: SessionFilter,
): Promise<Page<Session>> {
  const { bind, select } = createStatement()
  const conditions = [`tenant = ${bind(tenant)}`]
  if (agentId !== null) conditions.push(`agent_id = ${bind(agentId)}`)
  if (search !== null) conditions.push(searchCondition(bind(toStorableText(search))))
  if (cursor !== null) {
    const [updatedAt, id] = decodeCursor(cursor, ['time', 'string'])
    const after = `(${bind(String(updatedAt))}::timestamptz, ${bind(String(id))})`
    conditions.push(`(updated_at, id) < ${after}`)
  }
  const found = await client.read(
    select(
      `select * from ${schema}.sessions where ${conditions.join(' and ')}
       order by updated_at desc, id desc limit ${bind(limit + 1, 'integer')}`,
    ),
  )
  const rows = found.map(toSession)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return {
    items,
    cursor: rows.length > limit && last ? encodeCursor([last.updatedAt, last.id]) : null,
  }
}

function toSessionMessage(row: SqlRow): SessionMessage {
  return {
    runId: String(row['run_id']),
    turn: Number(row['turn']),
    message: row['message'] as SessionMessage['message'],
    position: Number(row['position']),
  }
}

// One statement, so that the session, its messages and their runs are of the same moment.
async function readSession(
  client: SqlClient,
  schema: string,
  { tenant, id, page }: { tenant: string; id: string; page: SessionPage },
): Promise<SessionReading | null> {
  const { bind, part, select } = createStatement()
  part(
    'session_row',
    `select * from ${schema}.sessions where tenant = ${bind(tenant)} and id = ${bind(id)}`,
  )
  const newest = newestMessages(schema, {
    session: '(select id from session_row)',
    before: bind(page.before ?? maxPosition, 'integer'),
    limit: bind(page.limit, 'integer'),
    bytes: bind(page.bytes, 'bigint'),
  })
  part('page', `select * from ${newest} w`)
  const parts = [
    `${listParts(schema, { table: 'approvals', value: 'row_to_json(p)', order: 'p.serial' })} as approvals`,
    `${listParts(schema, {
      table: 'run_messages',
      value: messageOfRun,
      order: 'p.index',
      where: 'and p.index = r.next_message - 1',
    })} as messages`,
  ]
  part(
    'involved',
    `select ${runColumns(schema)}, ${parts.join(', ')} from ${schema}.runs r
     where r.id in (select run_id from page)`,
  )
  const rows = await client.read(
    select(`select 'session' as kind, row_to_json(s) as value from session_row s
      union all (select 'message', row_to_json(m) from page m order by m.position)
      union all select 'run', row_to_json(i) from involved i`),
  )
  const values = (kind: string) =>
    rows.filter((row) => row['kind'] === kind).map((row) => row['value'] as SqlRow)
  const [session] = values('session')
  if (!session) return null
  return {
    session: toSession(session),
    messages: values('message').map(toSessionMessage),
    runs: values('run').map((row) => ({
      run: toSummary(row),
      lastMessage: ((row['messages'] ?? []) as RunMessage[])[0] ?? null,
      approvals: ((row['approvals'] ?? []) as SqlRow[]).map(toApproval),
    })),
  }
}
