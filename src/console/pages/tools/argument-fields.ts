import { parseJson } from '../../parts/json-view.tsx'

/** One argument of a tool, as its schema describes it. */
export interface ArgumentField {
  readonly name: string
  readonly isRequired: boolean
  readonly kind: 'text' | 'number' | 'boolean' | 'choice' | 'json'
  readonly choices: readonly string[]
  readonly description: string
  readonly placeholder: string
}

type JsonNode = Readonly<Record<string, unknown>>

const isNode = (value: unknown): value is JsonNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lists the arguments of a JSON Schema of an object. */
export function listArguments(schema: unknown): ArgumentField[] {
  const properties = isNode(schema) && isNode(schema['properties']) ? schema['properties'] : {}
  const required = isNode(schema) && Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(properties).map(([name, given]) => {
    const property = isNode(given) ? given : {}
    const choices = Array.isArray(property['enum']) ? (property['enum'] as unknown[]) : []
    const isChoice = choices.length > 0 && choices.every((choice) => typeof choice === 'string')
    const fallback = property['default']
    return {
      name,
      isRequired: required.includes(name),
      kind: isChoice ? 'choice' : kindOfType(property['type']),
      choices: isChoice ? choices : [],
      description: typeof property['description'] === 'string' ? property['description'] : '',
      placeholder: fallback === undefined ? '' : JSON.stringify(fallback),
    }
  })
}

function kindOfType(type: unknown): ArgumentField['kind'] {
  if (type === 'string') return 'text'
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'boolean' ? 'boolean' : 'json'
}

/** What the typed texts are as arguments, or what is wrong with each. */
export interface ReadArguments {
  readonly values: Readonly<Record<string, unknown>>
  readonly faults: Readonly<Record<string, 'missing' | 'notJson'>>
}

/** Turns the typed texts into arguments. An empty text leaves an argument out. */
export function readArguments(
  fields: readonly ArgumentField[],
  typed: Readonly<Record<string, string>>,
): ReadArguments {
  const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  const faults: Record<string, 'missing' | 'notJson'> = {}
  for (const { name, kind, isRequired } of fields) {
    const text = typed[name] ?? ''
    if (text === '') {
      if (isRequired) faults[name] = 'missing'
      continue
    }
    const isText = kind === 'text' || kind === 'choice'
    const value = isText ? text : parseJson(text)
    if (value === undefined && kind === 'json') faults[name] = 'notJson'
    else values[name] = value ?? text // the server says why a text is no number
  }
  return { values, faults }
}
