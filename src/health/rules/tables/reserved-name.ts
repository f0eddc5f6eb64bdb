import { reservedWords } from '../../kit/identifiers.ts'
import { findNames } from '../../kit/object-names.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds tables, views and columns named like a reserved key word. */
export const reservedName: Rule = {
  id: 'reserved-name',
  severity: 'info',
  title: 'A name is a reserved word',
  why: 'It has to be quoted wherever it is written; forgotten quotes are a syntax error, or worse, another meaning (user).',
  link: `${manual}sql-keywords-appendix.html`,
  isDefault: true,
  find: (inspected) =>
    findNames(inspected, (name) => reservedWords.has(name), 'is named like a reserved word'),
}
