import { badRequest } from '../../errors.ts'
import { isRecord, type Json, type JsonObject } from '../../lib/json.ts'
import { parseWith, toZod } from '../../lib/standard-schema.ts'
import type { ClientTool } from '../../records/run.ts'
import type { Agent } from '../agent.ts'
import type { Tool } from '../tool.ts'

/** How many schemas an input may be checked against, references followed. */
const maxChecks = 10_000

/**
 * Prepares the check of a client's tool: of what its schema says, all but the regular expressions.
 *
 * @throws Error for a schema that cannot be used.
 *
 * @see docs/decisions/219-tools-that-a-client-runs.md
 */
export function prepareClientTool({ inputSchema }: ClientTool): Pick<Tool, 'parseInput'> {
  const { type = 'object' } = inputSchema
  if (type !== 'object') throw new TypeError('it must have the type "object"')
  countChecks(inputSchema)
  const schema: JsonObject = { ...withoutPatterns(inputSchema), type }
  toZod(schema)
  return { parseInput: (input) => parseWith(schema, input) }
}

/** Keywords whose value maps names to schemas, and those whose value is no schema. */
const maps = new Set(['properties', 'definitions', '$defs', 'dependentSchemas', 'dependencies'])
const values = new Set(['enum', 'const', 'default', 'examples', 'required'])

/** A regular expression of a client could keep this process busy for ever, so the client checks its patterns itself. */
function withoutPatterns(schema: JsonObject): JsonObject {
  const dropped = new Set(['pattern', 'patternProperties'])
  // the names that match a pattern are allowed too
  if ('patternProperties' in schema) dropped.add('additionalProperties')
  const kept = Object.entries(schema).filter(([key]) => !dropped.has(key))
  return Object.fromEntries(
    kept.map(([key, value]): [string, Json] => {
      if (values.has(key)) return [key, value]
      return [key, maps.has(key) ? eachMember(value) : eachSchema(value)]
    }),
  )
}

function eachSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(eachSchema)
  return isRecord(value) ? withoutPatterns(value as JsonObject) : value
}

function eachMember(value: Json): Json {
  if (!isRecord(value)) return value
  const members = Object.entries(value as JsonObject)
  return Object.fromEntries(members.map(([name, member]) => [name, eachSchema(member)]))
}

/**
 * A schema that uses definitions more than once, and those others, can ask for more checks than anybody has time for.
 *
 * @throws TypeError for too many, and for a definition that contains itself.
 */
function countChecks(root: JsonObject): void {
  const counts = new Map<string, number | null>()
  const countRef = (ref: string): number => {
    const [kind = '', name = ''] = ref.slice(1).split('/').filter(Boolean)
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~')
    const id = JSON.stringify([kind, key])
    const known = counts.get(id)
    if (kind === '' || known === null) {
      throw new TypeError('a definition that contains itself cannot be checked')
    }
    if (known !== undefined) return known
    counts.set(id, null)
    const definitions = root[kind]
    const sum = count(isRecord(definitions) ? (definitions as JsonObject)[key] : undefined)
    counts.set(id, sum)
    return sum
  }
  const count = (value: Json | undefined): number => {
    if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + count(one), 0)
    if (!isRecord(value)) return 0
    const { $ref, ...rest } = value as JsonObject
    const members = Object.values(rest).reduce<number>((sum, one) => sum + count(one), 1)
    return members + (typeof $ref === 'string' ? countRef($ref) : 0)
  }
  const { $defs: _, definitions: __, ...schema } = root // counted where they are used
  if (count(schema) > maxChecks) throw new TypeError(`it asks for more than ${maxChecks} checks`)
}

/** In bytes of JSON. They are stored with the run, and sent with every model call. */
const maxSchemaBytes = 65_536
const maxBytes = 262_144

interface Fault {
  readonly path: string
  readonly message: string
}

/**
 * Refuses tools of a client that cannot be offered beside those of the agent.
 *
 * @throws StudioError `bad_request` that names each fault.
 */
export function checkClientTools(tools: readonly ClientTool[], agent: Agent): void {
  const names = new Set(agent.tools.map(({ name }) => name))
  const faults: Fault[] = agent.hosted
    ? [{ path: 'clientTools', message: 'the framework of this agent takes no further tools' }]
    : []
  const seen = new Set<string>()
  for (const [index, tool] of tools.entries()) {
    const at = `clientTools.${index}`
    if (names.has(tool.name)) {
      faults.push({ path: `${at}.name`, message: 'the agent has a tool of this name' })
    } else if (seen.has(tool.name)) {
      faults.push({ path: `${at}.name`, message: 'another tool has this name' })
    }
    seen.add(tool.name)
    const schemaFault = findSchemaFault(tool)
    if (schemaFault !== null) faults.push({ path: `${at}.inputSchema`, message: schemaFault })
  }
  if (countBytes(tools) > maxBytes) {
    faults.push({ path: 'clientTools', message: `has more than ${maxBytes} bytes` })
  }
  if (faults.length > 0) throw badRequest('Invalid request body: clientTools', faults)
}

function findSchemaFault(tool: ClientTool): string | null {
  if (countBytes(tool.inputSchema) > maxSchemaBytes) {
    return `has more than ${maxSchemaBytes} bytes`
  }
  try {
    prepareClientTool(tool)
    return null
  } catch (error) {
    // what the schema's own keywords were refused for; a schema that is too deep says so by a RangeError
    return error instanceof Error ? error.message : String(error)
  }
}

function countBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}
