import { toName } from '../identifiers.ts'
import { manual, type Rule } from '../rule.ts'
import { partSubject, tableSubject } from '../subjects.ts'

/** Bytes PostgreSQL keeps of a name. */
const longest = 63

/** Finds tables, columns, indexes and constraints whose names are as long as names can be. */
export const truncatedName: Rule = {
  id: 'truncated-name',
  severity: 'info',
  title: 'A name was probably cut off',
  why: 'PostgreSQL keeps 63 bytes and drops the rest without an error: the name in the code is another one, and two long names may become the same.',
  link: `${manual}sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS`,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      const keys = new Set([table.primaryKey, ...table.keys].map((key) => key?.index))
      const parts = [
        ...table.columns.map(({ name }) => partSubject('column', table, name)),
        ...[table.primaryKey, ...table.keys, ...table.foreignKeys, ...table.checks].flatMap(
          (part) => (part ? [partSubject('constraint', table, part.name)] : []),
        ),
        ...table.indexes
          .filter(({ name }) => !keys.has(name))
          .map(({ name }) => partSubject('index', table, name)),
      ]
      for (const subject of [tableSubject(table), ...parts]) {
        if (subject.name.length < longest && toBytes(subject.name) < longest) continue
        yield {
          objects: [subject],
          message: `${subject.name} of ${toName(table)} is as long as names can be`,
          fix: null,
        }
      }
    }
  },
}

function toBytes(name: string): number {
  return new TextEncoder().encode(name).length
}
