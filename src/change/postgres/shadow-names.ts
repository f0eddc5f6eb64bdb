import { quoteIdentifier } from '../../lib/sql.ts'
import type { ShadowSession } from './shadow-session.ts'

const prefix = 'fetch_studio_shadow_'
const pattern = `^${prefix}[0-9]{10}_[0-9a-f]{16}$`

/** How long after its time a shadow is taken for one that its process left behind, in seconds. */
const graceSeconds = 600

/** How many leftovers one trial drops at most. */
const maxDropped = 5

/** Names a shadow by the clock of the server, so that any process can tell how old it is. */
export async function toShadowName(admin: ShadowSession): Promise<string> {
  const [row] = await admin.run(
    'select floor(extract(epoch from clock_timestamp()))::bigint::text as now',
  )
  const random = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  return `${prefix}${String(row?.['now']).padStart(10, '0')}_${random}`
}

/** Drops the shadows that processes left behind when they ended. One that cannot be dropped stays. */
export async function dropLeftovers(admin: ShadowSession, lifetimeMs: number): Promise<void> {
  const age = Math.ceil(lifetimeMs / 1_000) + graceSeconds
  const rows = await admin.run(
    `select datname::text as name from pg_catalog.pg_database
      where datname ~ '${pattern}' and pg_catalog.pg_has_role(datdba, 'USAGE')
        and substring(datname from ${prefix.length + 1} for 10)::bigint
          < extract(epoch from clock_timestamp()) - ${age}
      order by datname limit ${maxDropped}`,
  )
  for (const { name } of rows) {
    const statement = `drop database if exists ${quoteIdentifier(String(name))} with (force)`
    await admin.run(statement).catch(() => undefined)
  }
}
