// For scripts/mutate-answers.ts: changes one key of one route's answers, or records which keys the answers of a test have.
import { appendFileSync } from 'node:fs'
import { isRecord } from '../../src/lib/json.ts'

/** One change to the answers of a route. In the path `*` stands for every item of a list. */
export interface AnswerMutation {
  readonly route: string
  readonly path: readonly string[]
  readonly kind: 'drop' | 'rename' | 'add'
}

const { MUTATED_ANSWER, SEEN_ANSWERS } = process.env
const mutation = MUTATED_ANSWER ? (JSON.parse(MUTATED_ANSWER) as AnswerMutation) : null

/** Does the script run these tests? Otherwise answers stay as they are, byte for byte. */
export const isMutating = Boolean(MUTATED_ANSWER ?? SEEN_ANSWERS)

/** Applies the mutation of this process, if it is about this route. Records the keys of the answer if the script asks for it. */
export function mutateAnswer(route: string, file: string, answer: unknown): unknown {
  if (SEEN_ANSWERS) {
    const paths = [...new Set(listPaths(answer, []))]
    appendFileSync(SEEN_ANSWERS, `${JSON.stringify({ route, file, paths })}\n`)
  }
  if (mutation?.route !== route) return answer
  return change(answer, mutation.path, mutation.kind)
}

function listPaths(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => listPaths(item, [...path, '*']))
  if (!isRecord(value) || path.length > 6) return []
  return Object.entries(value).flatMap(([key, member]) => [
    [...path, key].join('\t'),
    ...listPaths(member, [...path, key]),
  ])
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
