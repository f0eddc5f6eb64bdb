import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const varcharLimit: Rule = {
  id: 'varchar-limit',
  severity: 'info',
  title: 'A column has the type varchar(n)',
  why: 'A limit without a business reason causes unexpected errors. A text column with a check states its reason and is easier to change.',
  link: `${dontDoThis}#Don.27t_use_varchar.28n.29_by_default`,
  isDefault: false,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType, maxLength }) => baseType === 'varchar' && maxLength !== null,
      describe: ({ type }) => `${type}`,
      replacement: 'text',
      isStoredAlike: true,
    }),
}
