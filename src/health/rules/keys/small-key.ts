import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { generatedColumns } from '../../kit/sequences.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds generated primary keys of two or four bytes. */
export const smallKey: Rule = {
  id: 'small-key',
  severity: 'info',
  title: 'A generated key is not a bigint',
  why: 'Rolled-back inserts and deleted rows use up numbers too, so two billion numbers run out before two billion rows are stored. Changing the type later rewrites the table.',
  link: `${manual}datatype-numeric.html#DATATYPE-INT`,
  isDefault: true,
  *find(inspected) {
    for (const { table, column } of generatedColumns(inspected)) {
      const [only, ...more] = table.primaryKey?.columns ?? []
      if (only !== column.name || more.length > 0 || table.partitionOf) continue
      if (column.baseType !== 'int4' && column.baseType !== 'int2') continue
      yield {
        objects: [partSubject('column', table, column.name)],
        message: `${toName(table)}.${column.name} is a generated key of type ${column.type}`,
        fix: null,
        advice:
          'While the table is small, change the column, its sequence and every column that references it to bigint. Each change rewrites its table under an ACCESS EXCLUSIVE lock; later, add a bigint column and copy in batches.',
      }
    }
  },
}
