import type { ChangeSummaryInfo, PlanInfo } from '../../client.ts'
import { toFact, toOneLine } from './lines.ts'
import type { Paint } from './visible.ts'

type PlannedStep = NonNullable<ChangeSummaryInfo['plan']>['steps'][number]

/** Prints the plan of a change set: its intent, and its steps in the order of the preview; nothing where it has none. */
export function printPlan({ plan }: ChangeSummaryInfo, paint: Paint): string[] {
  if (!plan) return []
  const { intent, on_failure, run_id, steps } = plan
  return [
    '',
    paint('bold', 'Plan'),
    toFact('Intent', intent, paint),
    toFact('On failure', ` ${on_failure.replace('_', ' ')}`, paint),
    ...(run_id === null ? [] : [toFact('Run', run_id, paint)]),
    '',
    paint('bold', steps.length === 1 ? '1 step' : `${steps.length} steps`),
    ...steps.flatMap((step, index) => printStep(step, index + 1, paint)),
  ]
}

function printStep(step: PlannedStep, place: number, paint: Paint): string[] {
  const { id, type, description, reasoning, depends_on, effects, simulated, files } = step
  const facts = [
    effects === 'none' ? 'changes nothing' : `changes ${effects}`,
    ...(files.length > 0 ? [files.join(', ')] : []),
    ...(depends_on.length > 0 ? [`after ${depends_on.join(', ')}`] : []),
  ]
  return [
    `  ${place}. ${paint('bold', toOneLine(`${id}: ${type}`))}`,
    ...[description, reasoning ?? ''].filter(Boolean).map((text) => toPart(text, paint)),
    toPart(facts.join('; '), paint, effects === 'database' ? 'wait' : 'quiet'),
    ...(simulated ? [] : [toPart('! not simulated: the preview could not run it', paint, 'wait')]),
  ]
}

function toPart(text: string, paint: Paint, color: Parameters<Paint>[0] = null): string {
  return `     ${paint(color, toOneLine(text))}`
}

/** Prints what each step did, or would do, the steps that were not reached, and what of it stands. */
export function printOutcome(result: PlanInfo, paint: Paint): string {
  const { steps, notes, change_set, applied, rolled_back: back, stands, run_id } = result
  const reached = new Set(steps.map(({ id }) => id))
  const left = change_set?.plan?.steps.filter(({ id }) => !reached.has(id)) ?? []
  const lists = { Applied: applied, 'Rolled back': back, Stands: stands }
  return [
    paint('bold', result.dry_run ? 'Preview' : 'Outcome'),
    ...steps.flatMap((step) => printResult(step, result.dry_run, paint)),
    ...left.map(({ id, type }) => toLine('not reached', `${id}: ${type}`, paint, 'quiet')),
    ...(result.dry_run
      ? []
      : Object.entries(lists).map(([name, ids]) =>
          toLine(name, ids.length === 0 ? 'nothing' : ids.join(', '), paint, null),
        )),
    ...(run_id === null ? [] : [toLine('Run', run_id, paint, null)]),
    ...notes.map((text) => toLine('Note', text, paint, null)),
  ].join('\n')
}

function printResult(step: PlanInfo['steps'][number], isDry: boolean, paint: Paint): string[] {
  const { id, type, success, error, simulated, output } = step
  const isOpen = isDry && success && !simulated
  const state = success ? (isOpen ? 'not simulated' : 'ok') : 'failed'
  const tone = success ? (isOpen ? 'wait' : 'good') : 'bad'
  const reason = isOpen && typeof output['note'] === 'string' ? output['note'] : error
  return [
    toLine(state, `${id}: ${type}`, paint, tone),
    ...(reason === null ? [] : [toLine('', `! ${reason}`, paint, tone)]),
  ]
}

function toLine(name: string, text: string, paint: Paint, color: Parameters<Paint>[0]): string {
  return `  ${paint(color, name.padEnd(13))}  ${paint(null, toOneLine(text))}`
}
