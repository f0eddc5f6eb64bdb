import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

export const jsonColumn: Rule = {
  id: 'json-column',
  severity: 'info',
  title: 'A column is json, not jsonb',
  why: 'PostgreSQL parses a json value at every access. The type cannot be compared or indexed, and it keeps duplicate keys.',
  link: `${manual}datatype-json.html`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'json',
      describe: () => 'json, not jsonb',
      replacement: 'jsonb',
    }),
}
