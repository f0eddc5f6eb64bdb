import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const moneyColumn: Rule = {
  id: 'money-column',
  severity: 'warning',
  title: 'A column has the type money',
  why: 'The type stores no currency. Its number of decimals and its text depend on the setting lc_monetary, so the same value reads differently on another server.',
  link: `${dontDoThis}#Don.27t_use_money`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'money',
      describe: () => 'of type money',
      replacement: 'numeric',
    }),
}
