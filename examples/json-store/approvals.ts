import type { Approval, ApprovalFilter, ApprovalStore, Clock, Decision, Page } from 'fetch-studio'
import type { Content, JsonFile } from './json-file.ts'
import { expireApprovals, isoTime, resolveApproval } from './transitions.ts'
import { toPage } from './page.ts'

export class JsonApprovals implements ApprovalStore {
  readonly #file: JsonFile
  readonly #clock: Clock

  constructor(file: JsonFile, clock: Clock) {
    this.#file = file
    this.#clock = clock
  }

  get(tenant: string, id: string): Promise<Approval | null> {
    return this.#file.read((content) => find(content, tenant, id)?.approval ?? null)
  }

  list(filter: ApprovalFilter): Promise<Page<Approval>> {
    return this.#file.read(({ runs }) => {
      const documents = runs.flatMap(({ approvals, serial }) =>
        approvals.map((approval, index) => ({ approval, serial: serial * 1_000 + index })),
      )
      const matching = documents.filter(({ approval }) => isMatch(approval, filter))
      const order = filter.order === 'desc' ? 'descending' : 'ascending'
      const listed = order === 'descending' ? matching.reverse() : matching
      return toPage(listed, { ...filter, order }, ({ approval }) => approval)
    })
  }

  pendingOf(runIds: readonly string[]): Promise<Approval[]> {
    return this.#file.read(({ runs }) =>
      runs
        .filter(({ run }) => runIds.includes(run.id))
        .flatMap(({ approvals }) => approvals.filter(({ status }) => status === 'pending')),
    )
  }

  decide(tenant: string, id: string, decision: Decision) {
    return this.#file.change((content) => {
      const found = find(content, tenant, id)
      if (!found) return null
      const now = this.#clock.now()
      expireApprovals(found.document, now)
      const approval = find(content, tenant, id)?.approval ?? found.approval
      if (approval.status !== 'pending') return { decided: false, approval }
      const decided = resolveApproval(found.document, approval, {
        status: decision.approved ? 'approved' : 'rejected',
        decisionReason: decision.reason,
        decidedBy: decision.decidedBy,
        resolvedAt: isoTime(now),
        ...(decision.input === undefined ? {} : { input: decision.input }),
        ...(decision.output === undefined ? {} : { output: decision.output }),
      })
      found.document.run = { ...found.document.run, wakeAt: isoTime(now) }
      return { decided: true, approval: decided }
    })
  }
}

function find({ runs }: Content, tenant: string, id: string) {
  for (const document of runs) {
    const approval = document.approvals.find((candidate) => candidate.id === id)
    if (approval?.tenant === tenant) return { document, approval }
  }
  return null
}

function isMatch(approval: Approval, filter: ApprovalFilter): boolean {
  return (
    approval.tenant === filter.tenant &&
    (filter.statuses?.includes(approval.status) ?? true) &&
    (filter.runId === null || approval.runId === filter.runId) &&
    (filter.agentId === null || approval.agentId === filter.agentId) &&
    (filter.sessionId === null || approval.sessionId === filter.sessionId)
  )
}
