import { toName } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables that no foreign key connects to another table. */
export const unlinkedTable: Rule = {
  id: 'unlinked-table',
  severity: 'info',
  title: 'A table is linked to no other table',
  why: 'The table may be a log or an independent list, or a foreign key is missing.',
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
