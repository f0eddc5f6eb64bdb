import { toIdentifier } from '../../kit/identifiers.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { standaloneSubject } from '../../kit/subjects.ts'

/** Finds extensions whose files on the server have another version than the one installed. */
export const outdatedExtension: Rule = {
  id: 'outdated-extension',
  severity: 'info',
  title: 'An extension is not the version the server has',
  why: 'After an upgrade of the server the old objects stay until the extension is updated: fixes are missing.',
  link: `${manual}sql-alterextension.html`,
  isDefault: true,
  *find({ catalog }) {
    for (const { name, version, availableVersion } of catalog.extensions) {
      if (availableVersion === null || availableVersion === version) continue
      yield {
        objects: [standaloneSubject('extension', null, name)],
        message: `The extension ${name} is ${version}, the server has ${availableVersion}`,
        fix: `ALTER EXTENSION ${toIdentifier(name)} UPDATE;`,
      }
    }
  },
}
