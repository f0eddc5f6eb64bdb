import { signal } from '@preact/signals'
import type { Answers } from '../../../client.ts'
import { projectName } from '../../app/about.ts'
import { keep, recall } from '../../app/theme.ts'
import type { Tone } from '../../parts/badge.tsx'
import { toTest } from '../../app/words.ts'
import { healthTexts as texts } from './texts.ts'

/** One finding about the schema. */
export type Finding = Answers['/ai/schema/health']['issues'][number]

/** The color of each severity. */
export const severityTones = {
  danger: 'bad',
  warning: 'wait',
  info: 'live',
} as const satisfies Record<Finding['severity'], Tone>

/** Returns where a finding is: `schema.table.name` of its first object. */
export function pathOf({ objects: [first] }: Finding): string {
  if (!first) return texts.noObject
  const isTable = first.kind === 'table' || first.kind === 'view'
  return [first.schema, isTable ? null : first.table, first.name]
    .filter((part) => part !== null)
    .join('.')
}

/** Which findings are shown, and how. */
export interface FindingFilter {
  readonly search: string
  readonly severity: string
  readonly group: 'rule' | 'object' | 'none'
}

/** A row of the list: the head of a group, or a finding. */
export type FindingRow =
  | { readonly kind: 'group'; readonly id: string; readonly title: string; readonly count: number }
  | { readonly kind: 'finding'; readonly id: string; readonly finding: Finding }

/** Returns the findings that match, in groups; the groups with the most severe findings come first. */
export function toRows(findings: readonly Finding[], filter: FindingFilter): FindingRow[] {
  const test = toTest(filter.search)
  const shown = findings.filter(
    (one) =>
      (filter.severity === '' || one.severity === filter.severity) &&
      test(`${one.message} ${pathOf(one)} ${one.rule} ${one.model ?? ''}`),
  )
  const toRow = (finding: Finding): FindingRow => ({ kind: 'finding', id: finding.id, finding })
  if (filter.group === 'none') return shown.map(toRow)
  const groups = new Map<string, Finding[]>()
  for (const one of shown) {
    const title = filter.group === 'rule' ? one.rule : tableOf(one)
    const group = groups.get(title)
    if (group) group.push(one)
    else groups.set(title, [one])
  }
  return [...groups].flatMap(([title, group]): FindingRow[] => [
    { kind: 'group', id: `group ${title}`, title, count: group.length },
    ...group.map(toRow),
  ])
}

function tableOf(finding: Finding): string {
  const [first] = finding.objects
  if (!first) return texts.noObject
  return [first.schema, first.table ?? first.name].filter((part) => part !== null).join('.')
}

const storeKey = () => `studio-baseline ${projectName()}`

/** The ids of the findings that were chosen for the baseline, kept in this browser until they are committed. */
export const baseline = signal<ReadonlySet<string>>(new Set())

/** Reads what was chosen before. Call it when the page appears. */
export function readBaseline(): void {
  const saved = recall(storeKey())
  try {
    const ids: unknown = saved === null ? [] : JSON.parse(saved)
    if (Array.isArray(ids)) baseline.value = new Set(ids.filter((id) => typeof id === 'string'))
  } catch {
    baseline.value = new Set()
  }
}

/** Replaces what is chosen for the baseline. */
export function chooseBaseline(ids: Iterable<string>): void {
  baseline.value = new Set(ids)
  keep(storeKey(), baseline.value.size === 0 ? null : JSON.stringify([...baseline.value]))
}

/** Adds a finding to the baseline, or takes it out. */
export function toggleBaseline(id: string): void {
  const ids = new Set(baseline.value)
  if (!ids.delete(id)) ids.add(id)
  chooseBaseline(ids)
}

/** Writes the baseline as the file to commit. */
export function baselineFile(ids: ReadonlySet<string>): string {
  return `${JSON.stringify({ version: 1, issues: [...ids].sort() }, null, 2)}\n`
}
