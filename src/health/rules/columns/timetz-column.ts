import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const timetzColumn: Rule = {
  id: 'timetz-column',
  severity: 'info',
  title: 'A column is a time with time zone',
  why: 'An offset means little without a date, because most time zones change theirs during the year. The type exists only because the SQL standard requires it.',
  link: `${dontDoThis}#Don.27t_use_timetz`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'timetz',
      describe: () => 'a time with time zone',
      replacement: null,
    }),
}
