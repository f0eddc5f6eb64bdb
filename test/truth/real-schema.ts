import type { Sql } from 'postgres'

/** A database schema that somebody else wrote. */
export interface RealSchema {
  readonly name: string
  readonly from: 'npm' | 'Debian' | 'folder'
  /** The package, with its version if it is fixed, or the file. */
  readonly origin: string
  /** Creates the schema in an empty database. */
  create(sql: Sql, url: string): Promise<void>
}

/** Thrown when a schema is not to be had on this machine; the report prints the reason. */
export class NotInstalled extends Error {}

/** Leaves out what only `psql` understands: its commands, and the rows behind `COPY … FROM stdin`. */
function withoutPsql(script: string): string {
  return script
    .replace(/^COPY [^;]* FROM stdin[^;]*;\n[\s\S]*?^\\\.$/gim, '')
    .replace(/^\\.*$/gm, '')
}

/** Runs a script that may leave a transaction or a setting behind. */
export async function runScript(sql: Sql, script: string): Promise<void> {
  await sql.unsafe(withoutPsql(script))
  await sql.unsafe('commit; reset all')
}
