import { toName } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const fewColumns: Rule = {
  id: 'few-columns',
  severity: 'info',
  title: 'A table has one column or none',
  why: 'The table may be a leftover, or a list of values that an enum, a check or a column of another table would represent better.',
  link: null,
  isDefault: false,
  *find({ roots }) {
    for (const table of roots) {
      if (table.columns.length > 1 || table.inherits.length > 0) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has ${table.columns.length === 0 ? 'no column' : 'one column'}`,
        fix: null,
      }
    }
  },
}
