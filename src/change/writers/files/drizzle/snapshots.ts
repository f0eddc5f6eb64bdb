import { z } from 'zod'
import { sha256 } from '../../../../lib/checksum.ts'

/** The file in which drizzle-kit before 1.0 lists its migrations. */
export const journalPath = 'meta/_journal.json'

const journalSchema = z.looseObject({
  version: z.string(),
  entries: z
    .array(z.looseObject({ idx: z.number(), version: z.string(), when: z.number() }))
    .min(1),
})
const snapshotSchema = z.looseObject({ id: z.string() })

/** Adds a migration to the journal, later than all others; null if the text is not a journal with entries. */
export function addEntry(text: string | null, tag: string, now: number): string | null {
  const journal = parse(text, journalSchema)
  if (!journal) return null
  const { entries } = journal
  const when = Math.max(Math.trunc(now), ...entries.map((entry) => entry.when + 1))
  const idx = Math.max(...entries.map((entry) => entry.idx)) + 1
  const version = entries.at(-1)?.version ?? journal.version
  const entry = { idx, version, when, tag, breakpoints: true }
  return JSON.stringify({ ...journal, entries: [...entries, entry] }, null, 2)
}

/** Repeats a snapshot as the child of itself, under an id that follows from it; null if it is no snapshot. */
export async function toSnapshotText(
  text: string,
  name: string,
  parent: 'prevId' | 'prevIds',
): Promise<string | null> {
  const snapshot = parse(text, snapshotSchema)
  if (!snapshot) return null
  const hex = await sha256(`${snapshot.id} ${name}`)
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  const before = parent === 'prevId' ? snapshot.id : [snapshot.id]
  return JSON.stringify({ ...snapshot, id, [parent]: before }, null, 2)
}

function parse<T>(text: string | null, schema: z.ZodType<T>): T | null {
  try {
    return schema.safeParse(JSON.parse(text ?? '')).data ?? null
  } catch {
    return null
  }
}
