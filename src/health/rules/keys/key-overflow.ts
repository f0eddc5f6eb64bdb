import { needsStatistics } from '../../kit/preconditions.ts'
import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns, warningShare, toShare, dangerShare } from '../../kit/sequences.ts'
import { partSubject } from '../../kit/subjects.ts'
import { createTypeGuard, widenKey } from '../../kit/type-change.ts'

/** Finds integer columns whose sequence approaches the largest value of their type. */
export const keyOverflow: Rule = {
  id: 'key-overflow',
  severity: 'warning',
  title: 'A column is running out of numbers',
  why: 'When the type is exhausted, every insert fails. Changing the type rewrites the table under a lock.',
  link: `${manual}datatype-numeric.html#DATATYPE-INT`,
  isDefault: true,
  skipReason: needsStatistics,
  *find(inspected) {
    const whyTypeStays = createTypeGuard(inspected)
    for (const generated of generatedColumns(inspected)) {
      yield null
      const { table, column, sequence, maximum } = generated
      const last = inspected.statistics?.sequenceValues.get(toName(sequence))
      if (maximum === null || last === null || last === undefined) continue
      const share = toShare(BigInt(last), maximum)
      if (share < warningShare) continue
      const reason = column.baseType === 'int8' ? null : whyTypeStays(table, column)
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} has used ${Math.floor(share * 100)} % of the range of its type ${column.type}`,
        fix: column.baseType === 'int8' || reason !== null ? null : widenKey(generated),
        ...(reason === null
          ? {}
          : { advice: `Change the column and its sequence to bigint. ${reason}` }),
        ...(share >= dangerShare ? { severity: 'danger' as const } : {}),
      }
    }
  },
}
