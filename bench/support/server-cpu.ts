import { readdirSync, readFileSync } from 'node:fs'
import type { Sql } from 'postgres'

/** Milliseconds of a tick in /proc. Linux has used 100 ticks a second since 2.6. */
const tickMs = 10

/**
 * Returns the CPU time, in milliseconds, that all processes of the PostgreSQL server have used so far, ended ones included.
 * NaN where there is no /proc.
 */
export async function readServerCpu(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  try {
    const main = readStat(row?.pid ?? 0).parent
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statIfAlive(Number(name)) ?? [])
      .filter(({ parent }) => parent === main)
    const ticks = [readStat(main), ...children].map(({ own, reaped }) => own + reaped)
    return ticks.reduce((sum, count) => sum + count, 0) * tickMs
  } catch {
    return Number.NaN
  }
}

function statIfAlive(pid: number) {
  try {
    return readStat(pid)
  } catch {
    return null // it ended in between
  }
}

// The name of the program stands in parentheses and may contain spaces.
function readStat(pid: number) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const at = (index: number) => fields[index] ?? 0
  return { parent: at(1), own: at(11) + at(12), reaped: at(13) + at(14) }
}
