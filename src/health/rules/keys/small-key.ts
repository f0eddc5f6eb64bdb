import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns, toShare, warningShare } from '../../kit/sequences.ts'
import { partSubject } from '../../kit/subjects.ts'
import { createTypeGuard, widenKey } from '../../kit/type-change.ts'

/**
 * Finds generated primary keys of two or four bytes. One that already runs out of numbers has a finding of `key-overflow`
 * instead.
 */
export const smallKey: Rule = {
  id: 'small-key',
  severity: 'info',
  title: 'A generated key is not a bigint',
  why: 'Rolled-back inserts and deleted rows use up numbers too, so two billion numbers run out before two billion rows are stored. Changing the type later rewrites the table.',
  link: `${manual}datatype-numeric.html#DATATYPE-INT`,
  isDefault: true,
  *find(inspected) {
    const whyTypeStays = createTypeGuard(inspected)
    for (const generated of generatedColumns(inspected)) {
      yield null
      const { table, column, sequence, maximum } = generated
      const [only, ...more] = table.primaryKey?.columns ?? []
      if (only !== column.name || more.length > 0 || table.partitionOf) continue
      if (column.baseType !== 'int4' && column.baseType !== 'int2') continue
      const last = inspected.statistics?.sequenceValues.get(toName(sequence))
      if (last && maximum !== null && toShare(BigInt(last), maximum) >= warningShare) continue
      const reason = whyTypeStays(table, column)
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} is a generated key of type ${column.type}`,
        fix: reason === null ? widenKey(generated) : null,
        advice: `${reason === null ? whileSmall : whileSmall + lockAdvice + reason} Later, add a bigint column and copy in batches.`,
      }
    }
  },
}

const whileSmall =
  'While the table is small, change the column, its sequence and every column that references it to bigint.'
const lockAdvice = ' Each change rewrites its table under an ACCESS EXCLUSIVE lock. '
