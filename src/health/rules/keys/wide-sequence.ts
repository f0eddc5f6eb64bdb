import { toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns } from '../../kit/sequences.ts'
import { standaloneSubject, partSubject } from '../../kit/subjects.ts'

export const wideSequence: Rule = {
  id: 'wide-sequence',
  severity: 'info',
  title: 'A sequence is wider than its column',
  why: 'The sequence still looks far from its end when the column is close to its own, which misleads monitoring.',
  link: `${manual}sql-createsequence.html`,
  isDefault: true,
  *find(inspected) {
    for (const { table, column, sequence, maximum } of generatedColumns(inspected)) {
      if (maximum === null || BigInt(sequence.maximum) <= maximum) continue
      yield {
        objects: [
          standaloneSubject('sequence', sequence.schema, sequence.name),
          partSubject('column', table, column.name),
        ],
        message: `${toName(sequence)} goes up to ${sequence.maximum}, but ${toName(table)}.${column.name} only to ${maximum}`,
        fix: `ALTER SEQUENCE ${toQualified(sequence)} MAXVALUE ${maximum};`,
      }
    }
  },
}
