import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
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
  refuseUnknownKeys('a resource of defineProject', resource, knownKeys, {
    path: 'prefix',
    name: 'model',
    endpoints: 'operations',
  })
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

const knownKeys: KnownKeys<Resource> = {
  model: true,
  prefix: true,
  exposed: true,
  operations: true,
  actions: true,
  serverControlled: true,
  requiresAuth: true,
  requiresAdmin: true,
  defaultLimit: true,
  maxLimit: true,
}

const knownActionKeys: KnownKeys<ResourceAction> = {
  name: true,
  path: true,
  methods: true,
  detail: true,
  description: true,
  input: true,
  exposed: true,
}

function checkAction(prefix: string, action: ResourceAction): void {
  refuseUnknownKeys(`an action of ${prefix}`, action, knownActionKeys, { inputSchema: 'input' })
  const { name, path = name, input } = action
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
