import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import { findMismatchedKeys, isNarrower } from '../../kit/foreign-keys.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds foreign keys over columns of another type than those they refer to. */
export const foreignKeyType: Rule = {
  id: 'foreign-key-type',
  severity: 'warning',
  title: 'A foreign key has another type than its target',
  why: 'Comparing two types converts values on every check and join, may keep indexes from being used, and lets values in that cannot exist on the other side.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  find: (inspected) =>
    findMismatchedKeys(inspected, (from, to) => family(from) !== family(to) && !isNarrower(from, to)),
}

/** `varchar` and `text` are compared without conversion. */
function family({ baseType }: CatalogColumn): string {
  return baseType === 'varchar' ? 'text' : baseType
}
