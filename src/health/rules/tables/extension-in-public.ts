import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

export const extensionInPublic: Rule = {
  id: 'extension-in-public',
  severity: 'info',
  title: 'An extension is installed in public',
  why: 'Its functions and types mix with those of the application, and every role that may use the schema may use them.',
  link: `${manual}sql-createextension.html`,
  isDefault: false,
  *find({ catalog }) {
    for (const { name, schema } of catalog.extensions) {
      if (schema !== 'public') continue
      yield {
        objects: [standaloneSubject('extension', null, name)],
        message: `The extension ${name} is installed in public`,
        fix: null,
        advice:
          'Install extensions into a schema of their own in new databases. Moving one breaks every function, default and query that finds its objects through the search_path, and not every extension can be moved.',
      }
    }
  },
}
