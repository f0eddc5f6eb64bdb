import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type money, whose meaning depends on a setting. */
export const moneyColumn: Rule = {
  id: 'money-column',
  severity: 'warning',
  title: 'A column is money',
  why: 'It has no currency, and its digits and its text depend on a setting of the server (lc_monetary): the same value reads differently elsewhere.',
  link: `${dontDoThis}#Don.27t_use_money`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'money',
      describe: () => 'money',
      replacement: 'numeric',
    }),
}
