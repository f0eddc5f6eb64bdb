import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const charColumn: Rule = {
  id: 'char-column',
  severity: 'info',
  title: 'A column has the type char(n)',
  why: 'PostgreSQL pads the values with blanks, which count in some comparisons but not in others. The type saves neither space nor time.',
  link: `${dontDoThis}#Don.27t_use_char.28n.29`,
  isDefault: false,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType, type }) => baseType === 'bpchar' && type !== 'bpchar',
      describe: ({ type }) => `${type}, which pads values with blanks`,
      replacement: 'text',
    }),
}
