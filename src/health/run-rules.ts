import { atOnce, type Steps } from '../lib/steps/turns.ts'
import { type LintOptions } from '../project/schema-health-options.ts'
import { describeEffect, toFixEffect } from './kit/fix-effect.ts'
import type { Inspected } from './kit/inspected.ts'
import { type Issue, toPath } from './kit/issue.ts'
import { type Severity } from '../project/schema-health-options.ts'
import type { Found, Rule } from './kit/rule.ts'
import { rules as allRules } from './rules/index.ts'

/** A rule that could not run, and the reason. */
export interface SkippedRule {
  readonly rule: string
  readonly reason: string
}

/** The findings of the rules, and the rules that could not run. */
interface Lint {
  readonly issues: readonly Issue[]
  readonly skipped: readonly SkippedRule[]
}

/** Runs the enabled rules on a catalog. Issues are sorted by rule, then by their order in the catalog. */
export function lintCatalog(inspected: Inspected, options: LintOptions = {}): Lint {
  return atOnce(lintSteps(inspected, options))
}

/** Does the work of `lintCatalog` in steps: one for each rule, and those of the rule itself. */
export function* lintSteps(
  inspected: Inspected,
  { preset = 'essential', enable = [], disable = [], severities = {} }: LintOptions,
): Steps<Lint> {
  const issues: Issue[] = []
  const skipped: SkippedRule[] = []
  for (const rule of allRules) {
    if (
      disable.includes(rule.id) ||
      !(preset === 'all' || rule.isDefault || enable.includes(rule.id))
    )
      continue
    const reason = rule.skipReason?.(inspected) ?? null
    if (reason !== null) {
      skipped.push({ rule: rule.id, reason })
      continue
    }
    yield
    for (const found of rule.find(inspected)) {
      if (found) issues.push(toIssue(rule, found, severities[rule.id]))
      yield
    }
  }
  return { issues, skipped }
}

function toIssue(rule: Rule, found: Found, severity: Severity | undefined): Issue {
  const { objects, message, fix, advice = rule.title } = found
  const [first] = objects
  const effect = fix === null ? null : { ...toFixEffect(fix), ...found.effect }
  return {
    id: `${rule.id}:${toPath(first)}`,
    kind: 'lint',
    rule: rule.id,
    severity: severity ?? found.severity ?? rule.severity,
    app: null,
    model: null,
    schema: first.schema,
    table: first.table,
    column: first.kind === 'column' ? first.name : null,
    objects,
    expected: null,
    actual: null,
    message,
    hint: effect ? `${advice.replace(/\.$/, '')}. ${describeEffect(effect)}` : advice,
    fix,
    effect,
    why: rule.why,
    link: rule.link,
    tags: ['lint'],
  }
}
