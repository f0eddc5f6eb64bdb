import { findMismatchedKeys, isNarrower } from '../../kit/foreign-keys.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const narrowForeignKey: Rule = {
  id: 'narrow-foreign-key',
  severity: 'warning',
  title: 'A foreign key is narrower than its target',
  why: 'When the referenced key outgrows the smaller type, inserts of new references fail, long after the schema was written.',
  link: `${manual}datatype-numeric.html#DATATYPE-INT`,
  isDefault: true,
  find: (inspected) => findMismatchedKeys(inspected, isNarrower),
}
