import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns } from '../../kit/sequences.ts'
import { standaloneSubject, partSubject } from '../../kit/subjects.ts'

export const cyclicSequence: Rule = {
  id: 'cyclic-sequence',
  severity: 'warning',
  title: 'The sequence of a primary key cycles',
  why: 'After its last value the sequence returns values that are already taken: some inserts fail and others succeed, which is harder to diagnose than a clear failure.',
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
        message: `${toName(sequence)} cycles, but generates the primary key ${toName(table)}.${column.name}`,
        fix: `ALTER SEQUENCE ${toQualified(sequence)} NO CYCLE;`,
      }
    }
  },
}
