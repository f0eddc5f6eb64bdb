import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import { findMismatchedKeys, isNarrower } from '../../kit/foreign-keys.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const foreignKeyType: Rule = {
  id: 'foreign-key-type',
  severity: 'warning',
  title: 'A foreign key has a different type than its target',
  why: 'Every check and join converts values, which may prevent the use of an index, and the column accepts values that cannot exist in the target.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  find: (inspected) =>
    findMismatchedKeys(
      inspected,
      (from, to) => toFamily(from) !== toFamily(to) && !isNarrower(from, to),
    ),
}

// PostgreSQL compares `varchar` with `text` without a conversion.
function toFamily({ baseType }: CatalogColumn): string {
  return baseType === 'varchar' ? 'text' : baseType
}
