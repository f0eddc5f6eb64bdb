import { toName } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables that neither refer to others nor are referred to. */
export const unlinkedTable: Rule = {
  id: 'unlinked-table',
  severity: 'info',
  title: 'A table is linked to no other',
  why: 'It may be a log or a list of its own; or a foreign key was forgotten.',
  link: null,
  isDefault: false,
  *find({ roots, tables }) {
    const linked = new Set(
      tables.flatMap(({ foreignKeys }) => foreignKeys.map(({ target }) => toName(target))),
    )
    for (const table of roots) {
      if (table.foreignKeys.length > 0 || linked.has(toName(table))) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} is linked to no other table`,
        fix: null,
      }
    }
  },
}
