import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const floatKey: Rule = {
  id: 'float-key',
  severity: 'warning',
  title: 'A primary key is a floating-point number',
  why: 'Two values can print the same and still differ, so a key does not find its row reliably.',
  link: `${manual}datatype-numeric.html#DATATYPE-FLOAT`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ name, baseType }, { primaryKey }) =>
        baseType.startsWith('float') && primaryKey?.columns.includes(name) === true,
      describe: ({ type }) => `${type} and part of the primary key`,
      replacement: 'numeric',
    }),
}
