import { toName } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables of several columns none of which has to have a value, leaving the primary key aside. */
export const allNullable: Rule = {
  id: 'all-nullable',
  severity: 'info',
  title: 'No column has to have a value',
  why: 'An empty row is a valid one: whoever reads it has to expect null everywhere.',
  link: null,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      const key = table.primaryKey?.columns ?? []
      const others = table.columns.filter(({ name }) => !key.includes(name))
      if (table.kind === 'foreign' || others.length < 2) continue
      if (others.some(({ notNull }) => notNull)) continue
      yield {
        objects: [tableSubject(table)],
        message: `Every column of ${toName(table)} besides its key may be null`,
        fix: null,
      }
    }
  },
}
