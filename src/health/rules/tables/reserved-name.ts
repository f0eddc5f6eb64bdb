import { reservedWords } from '../../kit/identifiers.ts'
import { findNames } from '../../kit/object-names.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const reservedName: Rule = {
  id: 'reserved-name',
  severity: 'info',
  title: 'A name is a reserved word',
  why: 'The name must be quoted everywhere. Without quotes it is a syntax error or, as with user, means something else.',
  link: `${manual}sql-keywords-appendix.html`,
  isDefault: true,
  find: (inspected) =>
    findNames(inspected, (name) => reservedWords.has(name), 'is a reserved word'),
}
