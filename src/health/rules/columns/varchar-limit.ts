import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type varchar(n), where a check would be easier to change. */
export const varcharLimit: Rule = {
  id: 'varchar-limit',
  severity: 'info',
  title: 'A column is varchar(n)',
  why: 'A limit that is not a rule of the business is met by surprise; text with a check says why and is easier to change.',
  link: `${dontDoThis}#Don.27t_use_varchar.28n.29_by_default`,
  isDefault: false,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType, maxLength }) => baseType === 'varchar' && maxLength !== null,
      describe: ({ type }) => `${type}`,
      replacement: 'text',
    }),
}
