import { toName } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

export const missingTableComment: Rule = {
  id: 'missing-table-comment',
  severity: 'info',
  title: 'A table has no comment',
  why: 'The database stores a comment with the schema, so every tool and every AI agent that reads the schema sees it.',
  link: `${manual}sql-comment.html`,
  isDefault: false,
  *find({ roots }) {
    for (const table of roots) {
      if (table.comment) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has no comment`,
        fix: null,
      }
    }
  },
}
