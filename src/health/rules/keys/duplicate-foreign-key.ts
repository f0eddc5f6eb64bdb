import { compareText } from '../../../lib/text.ts'
import type { CatalogForeignKey } from '../../../project/catalog/constraints.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds foreign keys that check the same columns against the same target. */
export const duplicateForeignKey: Rule = {
  id: 'duplicate-foreign-key',
  severity: 'warning',
  title: 'Two foreign keys check the same columns',
  why: 'Every write checks both. If their actions differ, their names decide which action wins.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-FK`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield null
      const kept = new Map<string, CatalogForeignKey>()
      for (const key of table.foreignKeys.toSorted(byUse)) {
        const signature = toSignature(key)
        const first = kept.get(signature)
        if (!first) {
          kept.set(signature, key)
          continue
        }
        yield {
          objects: [
            partSubject('constraint', table, key.name),
            partSubject('constraint', table, first.name),
          ],
          message: `${key.name} of ${toName(table)} repeats ${first.name}`,
          fix: `ALTER TABLE ${toQualified(table)} DROP CONSTRAINT ${toIdentifier(key.name)};`,
        }
      }
    }
  },
}

// The key to keep comes first: enforced before not enforced, validated before not validated, then by name.
function byUse(a: CatalogForeignKey, b: CatalogForeignKey): number {
  const rank = ({ isEnforced, isValidated }: CatalogForeignKey) =>
    Number(!isEnforced) * 2 + Number(!isValidated)
  return rank(a) - rank(b) || compareText(a.name, b.name)
}

function toSignature({ columns, target, targetColumns }: CatalogForeignKey): string {
  const pairs = columns
    .map((column, position) => [column, targetColumns[position] ?? ''])
    .sort(byFirst)
  return JSON.stringify([target.schema, target.name, pairs])
}

function byFirst([a = '']: string[], [b = '']: string[]): number {
  return compareText(a, b)
}
