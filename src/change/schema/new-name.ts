import { z } from 'zod'
import { reservedWords } from '../../health/kit/identifiers.ts'

/** Key words that PostgreSQL quotes when it prints them as a name, although a column or table may have them as its name. */
export const quotedWords: ReadonlySet<string> = new Set(
  `between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer
  interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize
  json_table json_value least merge_action national nchar none normalize nullif numeric out overlay position precision real
  row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists
  xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
)

/** The name of an object that a change creates: it needs no quotes anywhere in SQL. */
export const newNameSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, {
    error:
      'Use a lower-case letter or _ first, then lower-case letters, digits or _; at most 63 characters',
    abort: true,
  })
  .superRefine((name, { addIssue }) => {
    if (reservedWords.has(name) || quotedWords.has(name)) {
      addIssue({ code: 'custom', message: `"${name}" is a reserved word of PostgreSQL` })
    }
  })

const maxNameBytes = 63

/**
 * The name of an object that exists, in any spelling. Only whether the catalog has it decides, so nothing else is checked
 * except that PostgreSQL can store it.
 */
export const knownNameSchema = z
  .string()
  .min(1)
  .refine((name) => !name.includes('\0') && toBytes(name) <= maxNameBytes, {
    error: `A name has at most ${maxNameBytes} bytes, and no NUL`,
  })

/**
 * Joins the parts of the default name of a constraint, index or sequence with `_`, as PostgreSQL does for short names. Returns
 * null if the name is too long, because PostgreSQL then shortens its parts.
 */
export function joinNames(...names: readonly string[]): string | null {
  const name = names.join('_')
  return toBytes(name) <= maxNameBytes ? name : null
}

function toBytes(name: string): number {
  return new TextEncoder().encode(name).length
}
