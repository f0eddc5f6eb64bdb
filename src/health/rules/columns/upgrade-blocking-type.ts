import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds columns with object identifiers that do not survive a dump. */
export const upgradeBlockingType: Rule = {
  id: 'upgrade-blocking-type',
  severity: 'warning',
  title: 'A column keeps pg_upgrade from running',
  why: 'Values are numbers of objects that change when the database is made anew, so pg_upgrade refuses to run.',
  link: `${manual}pgupgrade.html`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => isBlocking.has(baseType),
      describe: ({ type }) => `${type}, with which pg_upgrade refuses to run`,
      replacement: 'text',
    }),
}

const isBlocking: ReadonlySet<string> = new Set([
  'regcollation',
  'regconfig',
  'regdictionary',
  'regnamespace',
  'regoper',
  'regoperator',
  'regproc',
  'regprocedure',
])
