import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sql } from 'postgres'

const folder = fileURLToPath(new URL('questions', import.meta.url))

/** For each rule that can be asked in SQL, a query that returns the paths of the objects it should find. */
const questions: ReadonlyMap<string, string> = readQuestions()

function readQuestions(): Map<string, string> {
  const common = readFileSync(join(folder, 'common.sql'), 'utf8')
  const files = readdirSync(folder).filter((file) => file !== 'common.sql')
  const parts = files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8').split(/^-- /m).slice(1),
  )
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end).trim(), `${common}${part.slice(end)}`]
    }),
  )
}

/** Asks the database itself, for each rule that can be asked in SQL: the sorted paths of the objects to be found. */
export async function askDatabase(sql: Sql): Promise<ReadonlyMap<string, readonly string[]>> {
  const answers = new Map<string, readonly string[]>()
  await sql.unsafe(`set search_path = ''; set jit = off`)
  for (const [rule, question] of questions) {
    const rows = await sql.unsafe(question).values()
    answers.set(rule, rows.map(([path]) => String(path)).sort())
  }
  await sql.unsafe('reset search_path')
  return answers
}
