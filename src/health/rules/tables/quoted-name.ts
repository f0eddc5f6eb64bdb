import { findNames } from '../../kit/object-names.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

/** Finds tables, views and columns whose names mean something else without quotes. */
export const quotedName: Rule = {
  id: 'quoted-name',
  severity: 'info',
  title: 'A name has to be quoted',
  why: 'Names without quotes become small letters: every statement written by hand, and many a tool, misses it.',
  link: `${dontDoThis}#Don.27t_use_upper_case_table_or_column_names`,
  isDefault: true,
  find: (inspected) =>
    findNames(inspected, (name) => !/^[a-z_][a-z0-9_$]*$/.test(name), 'has to be quoted'),
}
