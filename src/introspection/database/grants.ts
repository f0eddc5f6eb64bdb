import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { describeFailure } from '../../project/failure.ts'
import type { RequestScope } from '../model/request-scope.ts'
import { type SeenTable, toTable } from './seen.ts'
import type { ListedObject } from './wire.ts'

/** Longest that reading privileges may take, in milliseconds. */
const timeoutMs = 5_000

const grants = `
  select c.oid::text, case when g.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(g.grantee) end,
    g.privilege_type, g.is_grantable
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^(pg_|information_schema$)'
  cross join lateral pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) g
  where c.relkind in ('r', 'p', 'f') and not c.relispartition
  order by 1, 2, 3`

/**
 * Reads the privileges on visible tables: one item for each role of a table, the owner included.
 *
 * @throws StudioError `unavailable` without a database that answers.
 */
export async function listGrants(
  tables: readonly SeenTable[],
  { database }: RequestScope,
): Promise<ListedObject<'grants'>[]> {
  if (!database)
    throw new StudioError('unavailable', 'The database is unavailable: none is configured')
  const late = new StudioError('unavailable', `no answer within ${timeoutMs} ms`)
  const rows = await withDeadline(timeoutMs, late, (signal) =>
    database.read({ grants }, signal),
  ).catch((error: unknown) => {
    const reason = describeFailure(error)
    if (reason === null) throw error
    throw new StudioError('unavailable', `The privileges were not read: ${reason}`, {
      cause: error,
    })
  })
  const found = rows.grants as unknown as readonly (readonly [string, string, string, boolean])[]
  return tables.flatMap(({ model, relation }) => {
    const own = found.filter(([oid]) => oid === relation.oid)
    const roles = [...new Set(own.map(([, role]) => role))]
    return roles.map((role) => {
      const privileges = own.filter(([, grantee]) => grantee === role)
      return {
        ...toTable(model, relation),
        role,
        privileges: privileges.map(([, , privilege]) => privilege),
        grantable: privileges.flatMap(([, , privilege, isGrantable]) =>
          isGrantable ? [privilege] : [],
        ),
      }
    })
  })
}
