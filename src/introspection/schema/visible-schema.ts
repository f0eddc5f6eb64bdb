import type { Issue } from '../../health/kit/issue.ts'
import type { Exchange } from '../../http/exchange.ts'
import { giveWay, inTurns, mapSteps, type Steps } from '../../lib/steps/turns.ts'
import type { LintPreset } from '../../project/schema-health-options.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'
import { type ExaminedSchema, examineSchema } from './examine.ts'
import { createMask, type Mask } from './mask.ts'
import type { SchemaIssue } from './schema-answers.ts'
import { toSchemaIssue } from './wire.ts'

/** The report of schema health as clients may see it. */
export interface VisibleSchema extends ExaminedSchema {
  /** Masked, without those about models that are not exposed. */
  readonly issues: SchemaIssue[]
  readonly withheldCount: number
  /** When it was examined, in milliseconds since 1970. */
  readonly at: number
}

interface Kept {
  readonly startedAt: number
  readonly examined: Promise<VisibleSchema>
}

/** A report is kept up to this many times `snapshotMaxAgeMs`: statistics and privileges change without the catalog. */
const ageFactor = 10

/** Reports by snapshot, then by preset. */
const reports = new WeakMap<Snapshot, Map<LintPreset | undefined, Kept>>()

/**
 * Examines the schema, and keeps the issues that clients may see. Requests share a report of the same snapshot that is young
 * enough, or one that is being made (docs/decisions/245-answers-kept-by-snapshot.md). The database is pinged for each
 * request, so that an outage is never hidden by a report from before.
 */
export async function examineVisible(
  introspection: IntrospectionModule,
  exchange: Exchange,
  preset?: LintPreset,
): Promise<VisibleSchema> {
  return introspection.withScope(exchange, async (scope) => {
    const examine = () => readVisible(introspection, exchange, { scope, preset })
    const [snapshot, { connected }] = await Promise.all([scope.snapshot(), scope.status()])
    if (!connected || !snapshot.catalog) return examine()
    const known = reports.get(snapshot) ?? new Map<LintPreset | undefined, Kept>()
    reports.set(snapshot, known)
    const now = introspection.clock.now()
    const kept = known.get(preset)
    if (kept && now - kept.startedAt < ageFactor * introspection.snapshotMaxAgeMs) {
      return kept.examined
    }
    const made: Kept = { startedAt: now, examined: examine() }
    known.set(preset, made)
    const forget = () => known.get(preset) === made && known.delete(preset)
    made.examined.then(({ input }) => input ?? forget(), forget)
    return made.examined
  })
}

async function readVisible(
  introspection: IntrospectionModule,
  exchange: Exchange,
  { scope, preset }: { readonly scope: RequestScope; readonly preset: LintPreset | undefined },
): Promise<VisibleSchema> {
  const examined = await examineSchema(introspection, exchange, scope, preset)
  const { models, input, report } = examined
  await giveWay()
  const mask = await inTurns(createMask(models, input?.catalog ?? null))
  await giveWay()
  const visible = report.issues.filter((issue) => !mask.isWithheld(issue))
  return {
    ...examined,
    issues: await inTurns(toSchemaIssues(visible, mask)),
    withheldCount: report.issues.length - visible.length,
    at: introspection.clock.now(),
  }
}

/** Masks issues. A suffix keeps their ids unique where masking makes two ids equal. */
function toSchemaIssues(issues: readonly Issue[], mask: Mask): Steps<SchemaIssue[]> {
  const counts = new Map<string, number>()
  return mapSteps(issues, (issue) => {
    const masked = mask.apply(toSchemaIssue(issue), issue)
    const count = (counts.get(masked.id) ?? 0) + 1
    counts.set(masked.id, count)
    return count > 1 ? { ...masked, id: `${masked.id}~${count}` } : masked
  })
}
