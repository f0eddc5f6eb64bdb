import { findColumns } from '../../kit/column-advice.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds columns of the type char(n), which pads with blanks. */
export const charColumn: Rule = {
  id: 'char-column',
  severity: 'info',
  title: 'A column is char(n)',
  why: 'Values are padded with blanks that count in some comparisons and not in others; it saves nothing.',
  link: `${dontDoThis}#Don.27t_use_char.28n.29`,
  isDefault: true,
  find: (inspected) =>
    findColumns(inspected, {
      isWrong: ({ baseType, type }) => baseType === 'bpchar' && type !== 'bpchar',
      describe: ({ type }) => `${type}, which pads with blanks`,
      replacement: 'text',
    }),
}
