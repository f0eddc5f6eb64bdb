import type {
  Admission,
  Approval,
  Claimant,
  ClaimedRun,
  Clock,
  CommitResult,
  LogEntry,
  NewRun,
  Page,
  Run,
  RunChange,
  RunFilter,
  RunJournal,
  RunRef,
  RunStore,
} from 'fetch-studio'
import { admit } from './admission.ts'
import type { Content, JsonFile, RunDocument } from './json-file.ts'
import { toPage } from './page.ts'
import * as transitions from './transitions.ts'

export class JsonRuns implements RunStore {
  readonly #file: JsonFile
  readonly #clock: Clock

  constructor(file: JsonFile, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  create(request: NewRun): Promise<Admission> {
    return this.#file.change((content) => admit(content, request, this.#clock.now()))
  }

  get(tenant: string, id: string): Promise<Run | null> {
    return this.#find(tenant, (run) => run.id === id)
  }

  getByTrace(tenant: string, traceId: string): Promise<Run | null> {
    return this.#find(tenant, (run) => run.traceId === traceId)
  }

  list(filter: RunFilter): Promise<Page<Run>> {
    return this.#file.read(({ runs }) => {
      const matching = runs.filter(
        ({ run }) =>
          run.tenant === filter.tenant &&
          (filter.statuses?.includes(run.status) ?? true) &&
          (filter.agentId === null || run.agentId === filter.agentId) &&
          (filter.sessionId === null || run.sessionId === filter.sessionId),
      )
      return toPage(matching.toReversed(), { ...filter, order: 'descending' }, ({ run }) => run)
    })
  }

  journals(runIds: readonly string[]): Promise<RunJournal[]> {
    return this.#file.read((content) =>
      runIds.flatMap((id) => findRun(content, id) ?? []).map(transitions.toJournal),
    )
  }

  claim(runId: string, claimant: Claimant): Promise<ClaimedRun | null> {
    return this.#file.change((content) => {
      const now = this.#clock.now()
      const document = findRun(content, runId)
      if (!document || !isFor(claimant.agents, document.run)) return null
      if (!transitions.isClaimable(content, document, now)) return null
      return transitions.claim(content, document, { ...claimant, now })
    })
  }

  renew(ref: RunRef, leaseMs: number): Promise<CommitResult | null> {
    return this.#file.change((content) => {
      const document = findOwned(content, ref)
      if (!document) return null
      const leaseUntil = transitions.isoTime(this.#clock.now() + leaseMs)
      document.run = { ...document.run, leaseUntil }
      return toResult(document.run)
    })
  }

  commit(ref: RunRef, change: RunChange): Promise<CommitResult | null> {
    return this.#file.change((content) => {
      const known = findRun(content, ref.runId)
      const isRepeated = known?.run.epoch === ref.epoch && known.writes === change.write
      if (known && isRepeated) return toResult(known.run)
      const document = findOwned(content, ref)
      if (!document) return null
      const [first] = change.entries ?? []
      if (first && first.seq !== document.log.length) {
        throw new Error(`The log continues at ${document.log.length}, not at ${first.seq}`)
      }
      const { release } = change
      const isSuccess = release?.to === 'end' && release.status === 'succeeded'
      if (isSuccess && document.run.cancelRequestedAt !== null) {
        return { ...toResult(document.run), refused: true }
      }
      const wake = transitions.apply(content, document, { change, now: this.#clock.now() })
      return { ...toResult(document.run), wake }
    })
  }

  cancelApprovals(ref: RunRef, reason: string): Promise<Approval[] | null> {
    return this.#file.change((content) => {
      const document = findOwned(content, ref)
      if (!document) return null
      transitions.cancelApprovals(document, this.#clock.now(), reason)
      return document.approvals
    })
  }

  requestCancel(tenant: string, id: string, reason: string | null): Promise<Run | null> {
    return this.#file.change((content) => {
      const document = findRun(content, id)
      if (document?.run.tenant !== tenant) return null
      transitions.requestCancel(document, this.#clock.now(), reason)
      return document.run
    })
  }

  readLog(runId: string, after: number, limit: number): Promise<LogEntry[]> {
    return this.#file.read(
      (content) => findRun(content, runId)?.log.slice(after + 1, after + 1 + limit) ?? [],
    )
  }

  due(limit: number, agents: Claimant['agents']): Promise<string[]> {
    return this.#file.read((content) =>
      content.runs
        .filter((document) => transitions.isClaimable(content, document, this.#clock.now()))
        .filter(({ run }) => isFor(agents, run))
        .toSorted((a, b) => dueSince(a.run).localeCompare(dueSince(b.run)))
        .slice(0, limit)
        .map(({ run }) => run.id),
    )
  }

  nextDue(): Promise<number | null> {
    return this.#file.read((content) => {
      const now = this.#clock.now()
      const times = content.runs.flatMap((document) => {
        if (transitions.isClaimable(content, document, now)) return [now]
        const time = document.run.leaseUntil ?? document.run.wakeAt
        return time === null ? [] : [Date.parse(time)]
      })
      return times.length > 0 ? Math.min(...times) : null
    })
  }

  #find(tenant: string, isMatch: (run: Run) => boolean): Promise<Run | null> {
    return this.#file.read(
      ({ runs }) => runs.find(({ run }) => run.tenant === tenant && isMatch(run))?.run ?? null,
    )
  }
}

function findRun({ runs }: Content, id: string): RunDocument | undefined {
  return runs.find(({ run }) => run.id === id)
}

/** The run when the claim still holds: nobody took it over, and its lease was not handed back. */
function findOwned(content: Content, { runId, epoch }: RunRef): RunDocument | undefined {
  const document = findRun(content, runId)
  return document?.run.epoch === epoch && document.run.owner !== null ? document : undefined
}

function toResult({ cancelRequestedAt }: Run): CommitResult {
  return { cancelRequested: cancelRequestedAt !== null, wake: [] }
}

/** A process without the agent may still end a cancelled run. */
function isFor(agents: Claimant['agents'], run: Run): boolean {
  return agents.has(run.agentId) || run.cancelRequestedAt !== null
}

function dueSince(run: Run): string {
  return run.leaseUntil ?? run.wakeAt ?? run.createdAt
}
