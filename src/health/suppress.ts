import { type Issue, toPath } from './kit/issue.ts'
import type {
  Baseline,
  IgnoredIssue,
  SchemaHealthOptions,
} from '../project/schema-health-options.ts'

/** Creates a baseline of issues, for `schemaHealth.baseline`: later reports leave these issues out. */
export function toBaseline(issues: readonly Pick<Issue, 'id'>[]): Baseline {
  return { version: 1, issues: [...new Set(issues.map(({ id }) => id))].sort() }
}

/** Separates the issues that are ignored or in the baseline from those to report. */
export function suppress(
  issues: readonly Issue[],
  { ignore = [], baseline }: SchemaHealthOptions,
): { readonly shown: readonly Issue[]; readonly suppressed: readonly Issue[] } {
  const known = new Set(baseline?.issues)
  const tests = ignore.map(toTest)
  const shown: Issue[] = []
  const suppressed: Issue[] = []
  for (const issue of issues) {
    const isKnown = known.has(issue.id) || tests.some((isIgnored) => isIgnored(issue))
    ;(isKnown ? suppressed : shown).push(issue)
  }
  return { shown, suppressed }
}

function toTest({ rule, object }: IgnoredIssue): (issue: Issue) => boolean {
  const pattern = object === undefined ? null : toPattern(object)
  return (issue) => {
    if (rule === undefined && pattern === null) return false // an empty entry ignores nothing
    if (rule !== undefined && rule !== issue.rule) return false
    const [first] = issue.objects
    return pattern === null || (first !== undefined && pattern.test(toPath(first)))
  }
}

function toPattern(object: string): RegExp {
  const parts = object.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}(\\..*)?$`, 's')
}
