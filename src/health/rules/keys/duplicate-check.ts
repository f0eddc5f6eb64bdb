import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const duplicateCheck: Rule = {
  id: 'duplicate-check',
  severity: 'info',
  title: 'Two checks are identical',
  why: 'Every write evaluates both, and changing one of them has no effect while the other remains.',
  link: null,
  isDefault: true,
  *find({ roots }) {
    for (const table of roots) {
      const kept = new Map<string, string>()
      for (const { name, definition } of table.checks) {
        const first = kept.get(definition)
        if (first === undefined) {
          kept.set(definition, name)
          continue
        }
        yield {
          objects: [
            partSubject('constraint', table, name),
            partSubject('constraint', table, first),
          ],
          message: `${name} of ${toName(table)} is identical to ${first}`,
          fix: `ALTER TABLE ${toQualified(table)} DROP CONSTRAINT ${toIdentifier(name)};`,
        }
      }
    }
  },
}
