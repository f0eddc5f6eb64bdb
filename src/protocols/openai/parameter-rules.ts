import { refusal } from './api-errors.ts'

/**
 * What becomes of a parameter that the agent does not take: `ignored`, where it does not change the answer; or the values that
 * change nothing, besides null. Any other value is refused.
 */
export type ParameterRule = 'ignored' | { readonly neutral: readonly unknown[] }

/** The parameters of an endpoint. */
export interface ParameterRules {
  /** Those that the endpoint honours. */
  readonly honoured: ReadonlySet<string>
  readonly others: Readonly<Record<string, ParameterRule>>
}

/** The parameters that Responses and Chat Completions have in common, and that the agent does not take. */
export const commonRules: ParameterRules['others'] = {
  prompt_cache_key: 'ignored',
  prompt_cache_options: 'ignored',
  prompt_cache_retention: 'ignored',
  safety_identifier: 'ignored',
  user: 'ignored',
  moderation: { neutral: [] },
  parallel_tool_calls: { neutral: [true] },
  service_tier: 'ignored',
  temperature: { neutral: [1] },
  tool_choice: { neutral: ['auto'] },
  tools: { neutral: [[]] },
  top_logprobs: { neutral: [0] },
  top_p: { neutral: [1] },
}

/** @throws StudioError `bad_request` that names every parameter which would change the answer, and every unknown one. */
export function checkParameters(
  body: Readonly<Record<string, unknown>>,
  rules: ParameterRules,
): void {
  const faults = Object.entries(body).flatMap(([name, value]) => {
    const fault = findFault(name, value, rules)
    return fault === null ? [] : [{ name, ...fault }]
  })
  const [first] = faults
  if (!first) return
  const message = faults.map(({ name, text }) => `'${name.slice(0, 100)}' ${text}`).join('; ')
  throw refusal('bad_request', `Invalid request: ${message}.`, {
    param: first.name.slice(0, 100),
    code: first.code,
  })
}

function findFault(name: string, value: unknown, { honoured, others }: ParameterRules) {
  if (honoured.has(name)) return null
  const rule = Object.hasOwn(others, name) ? others[name] : undefined
  if (!rule) return { code: 'unknown_parameter', text: 'is unknown' }
  if (rule === 'ignored' || value === null) return null
  const text = JSON.stringify(value)
  if (rule.neutral.some((neutral) => JSON.stringify(neutral) === text)) return null
  const isFixed = rule.neutral.length > 0
  return isFixed
    ? { code: 'unsupported_value', text: 'has a value that this agent does not take' }
    : { code: 'unsupported_parameter', text: 'is not supported: the agent decides it' }
}
