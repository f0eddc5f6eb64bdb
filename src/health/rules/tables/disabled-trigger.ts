import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const disabledTrigger: Rule = {
  id: 'disabled-trigger',
  severity: 'warning',
  title: 'A trigger is disabled',
  why: 'What the trigger enforces is no longer enforced. The setting is often left over from a bulk load.',
  link: `${manual}sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      for (const { name, enabled } of table.triggers) {
        if (enabled !== 'disabled') continue
        yield {
          objects: [partSubject('trigger', table, name)],
          message: `The trigger ${name} of ${toName(table)} is disabled`,
          fix: `ALTER TABLE ${toQualified(table)} ENABLE TRIGGER ${toIdentifier(name)};`,
        }
      }
    }
  },
}
