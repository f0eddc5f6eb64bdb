import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type timestamp without time zone. */
export const naiveTimestamp: Rule = {
  id: 'naive-timestamp',
  severity: 'info',
  title: 'A column is a timestamp without time zone',
  why: 'It is a picture of a clock, not a moment: which one it means depends on who wrote it, and arithmetic is wrong across changes of the clock.',
  link: `${dontDoThis}#Don.27t_use_timestamp_.28without_time_zone.29`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'timestamp',
      describe: () => 'timestamp without time zone',
      replacement: null,
    }),
}
