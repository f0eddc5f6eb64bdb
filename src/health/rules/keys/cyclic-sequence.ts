import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns } from '../../kit/sequences.ts'
import { standaloneSubject, partSubject } from '../../kit/subjects.ts'

/** Finds sequences that begin anew while they feed a primary key. */
export const cyclicSequence: Rule = {
  id: 'cyclic-sequence',
  severity: 'warning',
  title: 'A sequence of a key begins anew at its end',
  why: 'It gives out numbers that are taken: inserts fail here and there, which is harder to understand than failing altogether.',
  link: `${manual}sql-createsequence.html`,
  isDefault: true,
  *find(inspected) {
    for (const { table, column, sequence } of generatedColumns(inspected)) {
      if (!sequence.cycles || !table.primaryKey?.columns.includes(column.name)) continue
      yield {
        objects: [
          standaloneSubject('sequence', sequence.schema, sequence.name),
          partSubject('column', table, column.name),
        ],
        message: `${toName(sequence)} begins anew at its end, but feeds the key ${toName(table)}.${column.name}`,
        fix: `ALTER SEQUENCE ${toQualified(sequence)} NO CYCLE;`,
      }
    }
  },
}
