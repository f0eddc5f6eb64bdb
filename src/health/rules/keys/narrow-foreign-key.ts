import { findMismatchedKeys, isNarrower } from '../../kit/foreign-keys.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds integer foreign keys that run out of numbers before the keys they refer to. */
export const narrowForeignKey: Rule = {
  id: 'narrow-foreign-key',
  severity: 'warning',
  title: 'A foreign key is narrower than its target',
  why: 'The day the referenced key passes the smaller type, its rows can no longer be referred to: inserts fail, long after the schema was written.',
  link: `${manual}datatype-numeric.html#DATATYPE-INT`,
  isDefault: true,
  find: (inspected) => findMismatchedKeys(inspected, isNarrower),
}
