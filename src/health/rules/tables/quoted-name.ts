import { findNames } from '../../kit/object-names.ts'
import { dontDoThis, type Rule } from '../../kit/rule.ts'

export const quotedName: Rule = {
  id: 'quoted-name',
  severity: 'info',
  title: 'A name must be quoted',
  why: 'PostgreSQL turns unquoted names into lower case, so SQL written by hand, and many tools, cannot find the name.',
  link: `${dontDoThis}#Don.27t_use_upper_case_table_or_column_names`,
  isDefault: false,
  find: (inspected) =>
    findNames(inspected, (name) => !/^[a-z_][a-z0-9_$]*$/.test(name), 'must be quoted'),
}
