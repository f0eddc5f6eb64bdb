import { toIdentifier } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

/** Finds extensions installed into `public`. */
export const extensionInPublic: Rule = {
  id: 'extension-in-public',
  severity: 'info',
  title: 'An extension lives in public',
  why: 'Its functions and types lie among those of the application and are open to everybody who may use the schema.',
  link: `${manual}sql-createextension.html`,
  isDefault: true,
  *find({ catalog }) {
    for (const { name, schema } of catalog.extensions) {
      if (schema !== 'public') continue
      yield {
        objects: [standaloneSubject('extension', null, name)],
        message: `The extension ${name} is installed into public`,
        fix: `CREATE SCHEMA IF NOT EXISTS extensions;\nALTER EXTENSION ${toIdentifier(name)} SET SCHEMA extensions;`,
      }
    }
  },
}
