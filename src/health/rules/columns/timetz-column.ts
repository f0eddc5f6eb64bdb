import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type time with time zone. */
export const timetzColumn: Rule = {
  id: 'timetz-column',
  severity: 'info',
  title: 'A column is a time with time zone',
  why: 'Without a date an offset says little: it is there because the SQL standard asks for it.',
  link: `${dontDoThis}#Don.27t_use_timetz`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'timetz',
      describe: () => 'time with time zone',
      replacement: null,
    }),
}
