import { findColumns } from '../../kit/column-advice.ts'
import { manual, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type json, which keeps the text. */
export const jsonColumn: Rule = {
  id: 'json-column',
  severity: 'info',
  title: 'A column is json, not jsonb',
  why: 'It is parsed anew at every access, cannot be compared or indexed, and keeps duplicate keys.',
  link: `${manual}datatype-json.html`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType }) => baseType === 'json',
      describe: () => 'json, which jsonb replaces',
      replacement: 'jsonb',
    }),
}
