import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const upgradeBlockingType: Rule = {
  id: 'upgrade-blocking-type',
  severity: 'warning',
  title: 'The type of a column prevents pg_upgrade',
  why: 'The type stores internal object numbers, which change when the database is recreated, so pg_upgrade refuses to run.',
  link: `${manual}pgupgrade.html`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => blockingTypes.has(baseType),
      describe: ({ type }) => `${type}, which prevents pg_upgrade`,
      replacement: 'text',
    }),
}

const blockingTypes: ReadonlySet<string> = new Set([
  'regcollation',
  'regconfig',
  'regdictionary',
  'regnamespace',
  'regoper',
  'regoperator',
  'regproc',
  'regprocedure',
])
