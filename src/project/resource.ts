import { toZod } from '../lib/standard-schema.ts'
import type { Operation, Resource, ResourceAction } from './project.ts'

/** All operations of a resource, which are also its default. */
export const operations: readonly Operation[] = ['list', 'retrieve', 'create', 'update', 'delete']

/**
 * Checks a resource and removes trailing slashes from its prefix.
 *
 * @throws TypeError when the prefix is not a plain path, an operation is unknown, or an action is malformed or given twice.
 */
export function toResource(resource: Resource): Resource {
  const { prefix, operations: chosen = [], actions = [] } = resource
  if (!prefix.startsWith('/')) throw new TypeError(`The prefix "${prefix}" must start with "/"`)
  if (!isPlainPath(prefix)) throw new TypeError(`The prefix "${prefix}" must be a plain path`)
  const unknown = chosen.find((operation) => !operations.includes(operation))
  if (unknown !== undefined) {
    throw new TypeError(
      `The operation "${unknown}" of ${prefix} is not one of ${operations.join(', ')}`,
    )
  }
  actions.forEach((action) => checkAction(prefix, action))
  const names = actions.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`The action "${twice}" of ${prefix} is given twice`)
  return { ...resource, prefix: prefix.length > 1 ? prefix.replace(/\/+$/, '') : prefix }
}

/** Returns false for dot segments, queries, escapes and doubled slashes, because URL parsing would change the path. */
function isPlainPath(path: string): boolean {
  return /^[\w\-./~:@!$&'()*+,;={}]*$/.test(path) && !/\/\/|(^|\/)\.+(\/|$)/.test(path)
}

function checkAction(prefix: string, { name, path = name, input }: ResourceAction): void {
  if (!/^[A-Za-z]\w*$/.test(name)) {
    throw new TypeError(`The action name "${name}" of ${prefix} is malformed`)
  }
  if (path === '' || !isPlainPath(path)) {
    throw new TypeError(`The path "${path}" of the action "${name}" must be a plain path`)
  }
  if (!input) return
  if (input['type'] !== 'object') {
    throw new TypeError(`The input of the action "${name}" needs the type "object"`)
  }
  try {
    toZod(input)
  } catch (error) {
    throw new TypeError(`The input of the action "${name}" is not a supported JSON Schema`, {
      cause: error,
    })
  }
}
