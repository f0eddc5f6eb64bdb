import { StudioError } from '../../errors.ts'
import {
  type ChangedText,
  type ChangeSet,
  type ChangeState,
  changeStatuses,
  type ChangeSummary,
} from '../../records/change.ts'
import type { ChangeLease, ChangeStore } from '../store.ts'
import { isUniqueViolation, type SqlClient, type SqlRow } from './client.ts'
import { selectPage, toPage } from './list.ts'
import { createStatement, now, statement } from './statement.ts'

const withoutTexts = 'id, serial, tenant, status, version, facts, state'
const isOpen = `status in ('applying', 'rolling_back', 'migrating')`

/** Creates a store of change sets on PostgreSQL. The texts are one JSON text, because `jsonb` would refuse some of them. */
export function createPostgresChangeStore(client: SqlClient, schema: string): ChangeStore {
  const table = `${schema}.change_sets`
  return {
    create: (change) => insertChange(client, table, change),
    async get(tenant, id) {
      const [row] = await client.query(
        `select * from ${table} where tenant = $1::text and id = $2::text`,
        [tenant, id],
      )
      return row ? toChangeSet(row) : null
    },
    async list(filter) {
      const { bind, select } = createStatement()
      const all = { order: 'desc', allStatuses: changeStatuses, narrow: {}, agentId: null } as const
      const page = selectPage({ bind }, { ...filter, ...all, table })
      const rows = await client.read(
        select(`select ${withoutTexts} from ${page} as c order by c.serial desc`),
      )
      return toPage(rows, filter.limit, toSummary)
    },
    update: (change, state, lease) => updateChange({ client, table }, change, { state, lease }),
    async renew({ tenant, id, version }, { leaseMs }) {
      const rows = await client.write({
        ...statement('select 1 as renewed from renewed', [tenant, id, version, leaseMs]),
        parts: [
          `renewed as (update ${table} set lease_until = now() + $4::float8 * interval '1 millisecond'
            where tenant = $1::text and id = $2::text and version = $3::bigint and ${isOpen} returning id)`,
        ],
      })
      return rows.length > 0
    },
    async abandoned(rootId) {
      const [row] = await client.query(
        `select * from ${table} where root_id = $1::text and ${isOpen} and lease_until <= now()`,
        [rootId],
      )
      return row ? toChangeSet(row) : null
    },
    async expire(time) {
      const change = `update ${table} set status = 'expired', version = version + 1, updated_at = ${now}
        where status in ('pending', 'approved') and expires_at <= $1::timestamptz returning id`
      await client.write({
        ...statement('select 1 as expired from expired', [time]),
        parts: [`expired as (${change})`],
      })
    },
  }
}

async function updateChange(
  { client, table }: { readonly client: SqlClient; readonly table: string },
  { tenant, id, version }: Pick<ChangeSummary, 'tenant' | 'id' | 'version'>,
  { state, lease }: { readonly state: ChangeState; readonly lease: ChangeLease | undefined },
): Promise<number | null> {
  const { bind, part, select } = createStatement()
  const { status, ...rest } = state
  const owner = bind(lease?.owner ?? null)
  const until = `now() + ${bind(lease?.leaseMs ?? 0, 'float8')} * interval '1 millisecond'`
  part(
    'updated',
    `update ${table} set status = ${bind(status)}, state = ${bind(rest)}, version = version + 1, updated_at = ${now},
         owner = ${owner}, lease_until = case when ${owner} is null then null else ${until} end
       where tenant = ${bind(tenant)} and id = ${bind(id)} and version = ${bind(version, 'bigint')}
         and (${owner} is null or lease_until is null or lease_until <= now() or owner = ${owner}) returning version`,
  )
  try {
    const [row] = await client.write(select('select version from updated'))
    return row ? Number(row['version']) : null
  } catch (error) {
    if (isUniqueViolation(error)) return null // another change set holds the folder
    throw error
  }
}

async function insertChange(client: SqlClient, table: string, change: ChangeSet): Promise<void> {
  const { bind, part, select } = createStatement()
  const { texts, status, decision, events, phase, folders, run, ...others } = change
  const { progress, commit, version, ...facts } = others
  const values = [
    bind(facts.id),
    bind(facts.tenant),
    bind(facts.base.rootId),
    bind(status),
    bind(version, 'bigint'),
    bind(facts.expiresAt, 'timestamptz'),
    now,
    bind(facts),
    bind({ decision, events, phase, folders, run, progress, commit }),
    bind(JSON.stringify(texts)),
  ]
  part(
    'inserted',
    `insert into ${table} (id, tenant, root_id, status, version, expires_at, updated_at, facts, state, texts)
     values (${values.join(', ')}) returning id`,
  )
  try {
    await client.write(select('select id from inserted'))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new StudioError('conflict', 'The id of the change set is taken', { cause: error })
  }
}

type Facts = Omit<ChangeSummary, keyof ChangeState | 'version'>

// change sets of earlier versions are patches without these facts
const unsaid = { migration: null, proof: null, plan: null, commit: null }
// nor have their states this one
const untried: { readonly progress: ChangeState['progress'] } = { progress: null }

function toSummary(row: SqlRow): ChangeSummary {
  const { base, ...facts } = row['facts'] as Facts
  return {
    ...unsaid,
    ...facts,
    base: { ...base, structureChecksum: base.structureChecksum ?? null },
    ...untried,
    ...(row['state'] as Omit<ChangeState, 'status'>),
    status: row['status'] as ChangeState['status'],
    version: Number(row['version']),
  }
}

function toChangeSet(row: SqlRow): ChangeSet {
  return { ...toSummary(row), texts: JSON.parse(String(row['texts'])) as ChangedText[] }
}
