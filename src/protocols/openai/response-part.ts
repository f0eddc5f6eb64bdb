import { tenantOf } from '../../agents/http/page.ts'
import { requireLog } from '../../agents/log/kept-events.ts'
import type { Engine } from '../../agents/engine/engine.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RunSummary } from '../../records/run.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import { refusal } from './api-errors.ts'
import { parseResponseId, toResponseId } from './response-id.ts'

/** Where a run began to wait for people: the end of one response. */
export interface Pause {
  readonly seq: number
  readonly approvalIds: readonly string[]
}

/** The part of a run that one response shows. */
export interface ResponsePart {
  readonly id: string
  readonly run: RunSummary
  /** The number of the last event before this part; -1 for the first part. */
  readonly after: number
  /** The approvals with which the part before ended. All of them are decided when this part begins. */
  readonly decided: readonly string[]
  readonly previousId: string | null
  /** Where this part ended to wait for people, if it did by now. */
  readonly pause: Pause | null
}

/** Keys of a run's metadata that hold parameters of its request. No client may send them. */
export const reservedPrefix = 'openai.'
export const previousKey = `${reservedPrefix}previous_response_id`
export const storeKey = `${reservedPrefix}store`
export const backgroundKey = `${reservedPrefix}background`

const pageSize = 500

/**
 * Resolves to where a run stopped for people, in order. A run that waits again for some of the same approvals, because others were
 * decided first, has not stopped anew.
 */
async function readPauses({ stores }: Engine, run: RunSummary): Promise<Pause[]> {
  const pauses: Pause[] = []
  for (let after = -1; ;) {
    const entries = await stores.runs.readLog(run.id, after, pageSize)
    for (const { seq, type, json } of entries) {
      if (type !== 'run_waiting') continue
      const event = JSON.parse(json) as Extract<LoggedEvent, { type: 'run_waiting' }>
      const { approvalIds } = event
      if (!isKnown(approvalIds, pauses.at(-1)?.approvalIds ?? [])) pauses.push({ seq, approvalIds })
    }
    const last = entries.at(-1)
    if (!last) return pauses
    after = last.seq
  }
}

/** Are all of these approvals among others? */
export function isKnown(approvalIds: readonly string[], others: readonly string[]): boolean {
  return approvalIds.every((id) => others.includes(id))
}

/** Resolves to a part of a run; null if the run has not come so far. */
export async function readPart(
  engine: Engine,
  run: RunSummary,
  after: number,
): Promise<ResponsePart | null> {
  const pauses = await readPauses(engine, run)
  const index = pauses.findIndex(({ seq }) => seq === after)
  return after >= 0 && index < 0 ? null : toPart(run, pauses, index)
}

/** Resolves to the part of a run that ended with a request for this approval. */
export async function findAskingPart(
  engine: Engine,
  run: RunSummary,
  approvalId: string,
): Promise<ResponsePart | null> {
  const pauses = await readPauses(engine, run)
  const index = pauses.findIndex(({ approvalIds }) => approvalIds.includes(approvalId))
  return index < 0 ? null : toPart(run, pauses, index - 1)
}

/** @param index The pause after which the part begins; -1 for the first part. */
function toPart(run: RunSummary, pauses: readonly Pause[], index: number): ResponsePart {
  const after = pauses[index]?.seq ?? -1
  const before = pauses[index - 1]?.seq ?? -1
  return {
    id: toResponseId({ runId: run.id, after }),
    run,
    after,
    decided: pauses[index]?.approvalIds ?? [],
    previousId:
      index < 0 ? readText(run, previousKey) : toResponseId({ runId: run.id, after: before }),
    pause: pauses[index + 1] ?? null,
  }
}

/** Returns the first part of a run that has just been admitted. */
export function firstPart(run: RunSummary): ResponsePart {
  return toPart(run, [], -1)
}

function readText({ input }: RunSummary, key: string): string | null {
  const value = input.metadata?.[key]
  return typeof value === 'string' ? value : null
}

/** Was the response created with `store: false`? */
export function isUnstored({ input }: RunSummary): boolean {
  return input.metadata?.[storeKey] === 'false'
}

/** Resolves to the response of this id. @throws StudioError `not_found` when the caller's tenant has no such stored response; `gone` when its log is deleted. */
export async function requirePart(
  { engineOf }: AgentsModule,
  exchange: Exchange,
  { id, param = null }: { readonly id: string; readonly param?: string | null },
): Promise<ResponsePart> {
  const engine = engineOf(exchange)
  const ref = parseResponseId(id)
  const run = ref && (await engine.stores.runs.get(tenantOf(exchange), ref.runId))
  const part = ref && run && !isUnstored(run) ? await readPart(engine, run, ref.after) : null
  if (part) return part
  if (run && !isUnstored(run)) await requireLog(engine.stores.runs, run, -1)
  throw refusal('not_found', `Response with id '${id.slice(0, 250)}' not found.`, {
    param,
    code: param === null ? null : 'previous_response_not_found',
  })
}
