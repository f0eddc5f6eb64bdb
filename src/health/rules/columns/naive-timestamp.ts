import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const naiveTimestamp: Rule = {
  id: 'naive-timestamp',
  severity: 'info',
  title: 'A column is a timestamp without time zone',
  why: 'The value is a reading of a clock, not a point in time. Its meaning depends on the time zone of the client that wrote it, and arithmetic is wrong across daylight saving changes.',
  link: `${dontDoThis}#Don.27t_use_timestamp_.28without_time_zone.29`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'timestamp',
      describe: () => 'a timestamp without time zone',
      replacement: null,
    }),
}
