import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { type Found, manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

/** Finds triggers, and the internal ones of foreign keys, that do not fire for usual changes. */
export const disabledTrigger: Rule = {
  id: 'disabled-trigger',
  severity: 'warning',
  title: 'A trigger is disabled',
  why: 'What the trigger enforces is no longer enforced. The setting is often left over from a bulk load.',
  link: `${manual}sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER`,
  isDefault: true,
  *find({ tables }) {
    for (const table of tables) {
      yield* findTriggers(table)
      yield* findForeignKeys(table)
    }
  },
}

function* findTriggers(table: CatalogTable): Iterable<Found> {
  for (const { name, enabled } of table.triggers) {
    const place = { objects: [partSubject('trigger', table, name)] } as const
    if (enabled === 'disabled') {
      yield {
        ...place,
        message: `The trigger ${name} of ${toName(table)} is disabled`,
        fix: `ALTER TABLE ${toQualified(table)} ENABLE TRIGGER ${toIdentifier(name)};`,
      }
    }
    if (enabled === 'replica') {
      yield {
        ...place,
        message: `The trigger ${name} of ${toName(table)} fires for replicated changes only`,
        fix: null,
        advice: `If the trigger also has to fire for changes of the application, run ENABLE TRIGGER. If the table only receives replicated rows, it is right.`,
        severity: 'info',
      }
    }
  }
}

const checkRows =
  'Rows that were written meanwhile were not checked: look for references without a target. Only a superuser may enable the triggers of a foreign key.'

function* findForeignKeys(table: CatalogTable): Iterable<Found> {
  // ENABLE TRIGGER ALL also changes the triggers of the application
  const isSimple = table.triggers.every(({ enabled }) => enabled === 'origin')
  for (const { name, owner, isReplicaOnly } of table.disabledForeignKeys ?? []) {
    const isOwn = toName(owner) === toName(table)
    yield {
      objects: [
        partSubject('constraint', table, isOwn ? name : `${owner.name}.${name}`),
        ...(isOwn ? [] : [partSubject('constraint', owner, name)]),
      ],
      message: `The foreign key ${name} of ${toName(owner)} is ${isReplicaOnly ? 'checked for replicated changes only' : 'not checked'}, because its triggers on ${toName(table)} are disabled`,
      fix: isSimple ? `ALTER TABLE ${toQualified(table)} ENABLE TRIGGER ALL;` : null,
      advice: isSimple ? checkRows : `Enable the other triggers of the table first. ${checkRows}`,
    }
  }
}
