import { isRecord, type JsonObject } from '../../lib/json.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import type { StudioTool } from '../model/tool.ts'

const maxLength = 64
/** What every client accepts as the key of a property. One other key makes some clients refuse all tools. */
const safe = /^[a-zA-Z0-9_.-]{1,64}$/

/**
 * Gives every argument of a tool a name that all clients accept: `last name` becomes `last_name`, a second one `last_name_2`.
 * The original names are kept in `argumentNames`, and in the descriptions.
 */
export function withSafeArguments(tool: StudioTool): StudioTool {
  const properties = tool.input['properties']
  if (!isRecord(properties)) return tool
  const unsafe = Object.keys(properties).filter((name) => !safe.test(name))
  if (unsafe.length === 0) return tool
  const taken = new Set(Object.keys(properties).filter((name) => safe.test(name)))
  const renamed = new Map(unsafe.map((name) => [name, claim(name, taken)]))
  const toSafe = (name: string) => renamed.get(name) ?? name
  const required = tool.input['required']
  return {
    ...tool,
    input: {
      ...tool.input,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          toSafe(name),
          renamed.has(name) ? describe(name, schema as JsonObject) : schema,
        ]),
      ) as JsonObject,
      ...(Array.isArray(required)
        ? { required: required.map((name: unknown) => toSafe(String(name))) }
        : {}),
    },
    argumentNames: Object.fromEntries([...renamed].map(([name, alias]) => [alias, name])),
  }
}

/** Renames arguments to the tool's names. A caller may also use the original ones. */
export function toToolArguments(args: unknown, { argumentNames = {} }: StudioTool): unknown {
  if (!isRecord(args)) return args
  const aliases = new Map(Object.entries(argumentNames).map(([alias, name]) => [name, alias]))
  return rename(args, (name) => {
    const alias = aliases.get(name)
    return alias !== undefined && !(alias in args) ? alias : name
  })
}

/** Renames checked arguments to the names that the application knows. */
export function toOriginalArguments(
  args: JsonObject,
  { argumentNames = {} }: StudioTool,
): JsonObject {
  return rename(args, (name) => (Object.hasOwn(argumentNames, name) ? argumentNames[name] : name))
}

function rename<Value>(
  record: Readonly<Record<string, Value>>,
  toName: (name: string) => string | undefined,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [toName(name) ?? name, value]),
  )
}

function claim(name: string, taken: Set<string>): string {
  const letters = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/[^a-zA-Z0-9_.-]+/g, '_')
    .replace(/^_+|_+$/g, '')
  const options = { separator: '_', maxLength } as const
  const alias = uniqueName(letters || 'field', (candidate) => taken.has(candidate), options)
  taken.add(alias)
  return alias
}

function describe(name: string, schema: JsonObject): JsonObject {
  const about = `The field ${JSON.stringify(name.slice(0, 200))}.`
  const { description } = schema
  return {
    ...schema,
    description: typeof description === 'string' ? `${about} ${description}` : about,
  }
}
