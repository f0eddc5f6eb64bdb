import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { type RealSchema, runScript } from './real-schema.ts'

/** Returns a schema for each `.sql` file of a folder: structure as `pg_dump --schema-only` writes it. */
export async function folderSchemas(folder: string): Promise<readonly RealSchema[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  return files.map((file) => ({
    name: `${file.slice(0, -4)}.sql`,
    from: 'folder',
    origin: file,
    create: async (sql) => runWithRoles(sql, await readFile(join(folder, file), 'utf8')),
  }))
}

/** Runs a script, and creates the roles that it grants privileges to but does not create. */
async function runWithRoles(sql: Sql, script: string): Promise<void> {
  for (let roles = 0; ; roles++) {
    try {
      return await runScript(sql, script)
    } catch (error) {
      const role = /^role "(.+)" does not exist$/.exec((error as Error).message)?.[1]
      if (role === undefined || roles > 20) throw error
      await sql`create role ${sql(role)}`
    }
  }
}
