import { toName } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables in which at least two columns lie outside the primary key and all of those may be null. */
export const allNullable: Rule = {
  id: 'all-nullable',
  severity: 'info',
  title: 'Every column outside the key may be null',
  why: 'An empty row is valid, so every reader must expect null in every column.',
  link: null,
  isDefault: false,
  *find({ roots }) {
    for (const table of roots) {
      const key = table.primaryKey?.columns ?? []
      const others = table.columns.filter(({ name }) => !key.includes(name))
      if (table.kind === 'foreign' || others.length < 2) continue
      if (others.some(({ notNull }) => notNull)) continue
      yield {
        objects: [tableSubject(table)],
        message: `Every column of ${toName(table)} outside its key may be null`,
        fix: null,
      }
    }
  },
}
