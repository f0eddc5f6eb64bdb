import { toIdentifier } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

export const extensionInPublic: Rule = {
  id: 'extension-in-public',
  severity: 'info',
  title: 'An extension is installed in public',
  why: 'Its functions and types mix with those of the application, and every role that may use the schema may use them.',
  link: `${manual}sql-createextension.html`,
  isDefault: true,
  *find({ catalog }) {
    for (const { name, schema } of catalog.extensions) {
      if (schema !== 'public') continue
      yield {
        objects: [standaloneSubject('extension', null, name)],
        message: `The extension ${name} is installed in public`,
        fix: `CREATE SCHEMA IF NOT EXISTS extensions;\nALTER EXTENSION ${toIdentifier(name)} SET SCHEMA extensions;`,
      }
    }
  },
}
