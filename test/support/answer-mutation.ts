// For scripts/mutate-answers.ts: changes one key of one route's answers, or records which keys the answers of a test have.
import { appendFileSync } from 'node:fs'
import type { z } from 'zod'
import { isRecord } from '../../src/lib/json.ts'

/** One change to the answers of a route. In the path `*` stands for every item of a list. */
export interface AnswerMutation {
  readonly route: string
  readonly path: readonly string[]
  readonly kind: 'drop' | 'rename' | 'add'
}

/** An answer of a route in a test, with the schema that the route advertises. */
export interface SeenAnswer {
  readonly route: string
  readonly file: string
  readonly schema: z.ZodType
}

const { MUTATED_ANSWER, SEEN_ANSWERS } = process.env
const mutation = MUTATED_ANSWER ? (JSON.parse(MUTATED_ANSWER) as AnswerMutation) : null

/** Does the script run these tests? Otherwise answers stay as they are, byte for byte. */
export const isMutating = Boolean(MUTATED_ANSWER ?? SEEN_ANSWERS)

/** Applies the mutation of this process, if it is about this route. Records the keys of the answer if the script asks for it. */
export function mutateAnswer({ route, file, schema }: SeenAnswer, answer: unknown): unknown {
  const json: unknown = JSON.parse(JSON.stringify(answer))
  if (SEEN_ANSWERS) {
    const paths = [...new Set(listKeys(schema, json, []))]
    appendFileSync(SEEN_ANSWERS, `${JSON.stringify({ route, file, paths })}\n`)
  }
  return mutation?.route === route ? change(json, mutation.path, mutation.kind) : answer
}

/** The parts of a zod schema that lead to the schemas inside it. */
interface Definition {
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly getter?: () => z.ZodType
}

/** Lists the keys that the schema names. Those of open maps and of any JSON are data, which no schema can know. */
function listKeys(
  schema: z.ZodType | undefined,
  value: unknown,
  path: readonly string[],
): string[] {
  if (!schema) return []
  const { shape, element, valueType, innerType, options, getter } =
    schema.def as unknown as Definition
  if (getter) return listKeys(getter(), value, path)
  if (innerType) return listKeys(innerType, value, path)
  if (options) {
    const fitting = options.find((option) => option.safeParse(value).success)
    return listKeys(fitting, value, path)
  }
  if (Array.isArray(value)) return value.flatMap((item) => listKeys(element, item, [...path, '*']))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, member]) => {
    const inner = [...path, key]
    if (valueType) return listKeys(valueType, member, inner)
    return shape?.[key] ? [inner.join('\t'), ...listKeys(shape[key], member, inner)] : []
  })
}

function change(
  value: unknown,
  [key, ...rest]: readonly string[],
  kind: AnswerMutation['kind'],
): unknown {
  if (key === undefined) return value
  if (key === '*')
    return Array.isArray(value) ? value.map((item) => change(item, rest, kind)) : value
  if (!isRecord(value) || !(key in value)) return value
  if (rest.length > 0) return { ...value, [key]: change(value[key], rest, kind) }
  if (kind === 'add') return { ...value, [`${key}Too`]: value[key] }
  const { [key]: member, ...others } = value
  return kind === 'drop' ? others : { ...others, [`${key}Renamed`]: member }
}
