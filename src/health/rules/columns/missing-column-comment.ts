import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { partSubject } from '../../kit/subjects.ts'

export const missingColumnComment: Rule = {
  id: 'missing-column-comment',
  severity: 'info',
  title: 'A column has no comment',
  why: 'The database stores a comment with the schema, so every tool and every AI agent that reads the schema sees it.',
  link: `${manual}sql-comment.html`,
  isDefault: false,
  *find({ roots }) {
    for (const table of roots) {
      for (const { name, comment } of table.columns) {
        if (comment) continue
        yield {
          objects: [partSubject('column', table, name)],
          message: `${toName(table)}.${name} has no comment`,
          fix: null,
        }
      }
    }
  },
}
