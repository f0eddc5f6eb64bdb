import { toIdentifier } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

export const outdatedExtension: Rule = {
  id: 'outdated-extension',
  severity: 'info',
  title: 'The server provides another version of an extension',
  why: 'After an upgrade of the server, the old objects stay until the extension is updated, so fixes are missing.',
  link: `${manual}sql-alterextension.html`,
  isDefault: true,
  *find({ catalog }) {
    for (const { name, version, availableVersion } of catalog.extensions) {
      if (availableVersion === null || availableVersion === version) continue
      yield {
        objects: [standaloneSubject('extension', null, name)],
        message: `The extension ${name} has version ${version}, but the server provides ${availableVersion}`,
        fix: `ALTER EXTENSION ${toIdentifier(name)} UPDATE;`,
      }
    }
  },
}
