import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds primary keys that are floating-point numbers. */
export const floatKey: Rule = {
  id: 'float-key',
  severity: 'warning',
  title: 'A key is a floating-point number',
  why: 'Values that print the same may differ, so a row cannot reliably be found by its key.',
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
