import { canonicalJson } from '../../lib/checksum.ts'
import { compareText } from '../../lib/text.ts'
import type { Resource } from '../../project/project.ts'

/** The canonical JSON of resources, which never change after `defineProject` and may be thousands. */
const texts = new WeakMap<readonly Resource[], string>()

/** Returns the canonical JSON of settings (`toSettings`). The part that grows with the project is written once. */
export function toSettingsText(settings: object, resources: readonly Resource[]): string {
  const text = texts.get(resources) ?? canonicalJson(resources)
  texts.set(resources, text)
  const members = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, value]) => {
      return `${JSON.stringify(name)}:${value === resources ? text : canonicalJson(value)}`
    })
  return `{${members.join(',')}}`
}
