/** One line of a stream, as a client received it. */
export interface SeenLine {
  readonly seq: number
  readonly type: string
  readonly json: string
}

/** Everything that clients learned from instances. It must agree with the tables at the end of the campaign. */
export interface Ledger {
  /** The runs whose ids clients received. */
  readonly runs: Set<string>
  /** The runs of each `Idempotency-Key`. */
  readonly keys: Map<string, Set<string>>
  /** Lines that must be stored before clients see them, by run and sequence number. */
  readonly lines: Map<string, Map<number, string>>
  /** The streams that clients read to their last line. */
  readonly transcripts: {
    readonly runId: string
    readonly lines: readonly SeenLine[]
    /** Where the reader resumed, to help with debugging. */
    readonly history: readonly string[]
  }[]
  /** The responses of buffered requests. */
  readonly answers: { readonly runId: string; readonly output: string }[]
  /** The confirmed decisions, by approval. */
  readonly decisions: Map<string, string>
  /** The runs whose cancellation was confirmed before they had ended. */
  readonly cancellations: Set<string>
  /** The runs of which a reader received a line again, or a different line in its place. */
  readonly replaced: Set<string>
  readonly sessions: string[]
  /** The violations that clients noticed immediately. */
  readonly violations: string[]
  readonly counts: Map<string, number>
}

/** Creates a ledger without entries. */
export function createLedger(): Ledger {
  return {
    runs: new Set(),
    keys: new Map(),
    lines: new Map(),
    transcripts: [],
    answers: [],
    decisions: new Map(),
    cancellations: new Set(),
    replaced: new Set(),
    sessions: [],
    violations: [],
    counts: new Map(),
  }
}

/** Adds to the count of a kind of event. */
export function tally({ counts }: Ledger, what: string, by = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + by)
}

const shownBeforeStored = new Set(['turn_start', 'generation_start'])

/** Returns true if lines of this type must be stored before clients see them. */
function isDurable(type: string): boolean {
  return !shownBeforeStored.has(type) && !type.endsWith('_delta')
}

/** Records a line that a client received. */
export function noteLine(ledger: Ledger, runId: string, line: SeenLine): void {
  if (!isDurable(line.type)) return
  const lines = ledger.lines.get(runId) ?? new Map<number, string>()
  ledger.lines.set(runId, lines)
  const before = lines.get(line.seq)
  if (before !== undefined && before !== line.json) {
    ledger.violations.push(
      `run ${runId}: line ${line.seq} had two texts: ${before} and ${line.json}`,
    )
  }
  lines.set(line.seq, line.json)
}

/** Records a run whose id a client received. */
export function noteRun(ledger: Ledger, runId: string, key?: string): void {
  ledger.runs.add(runId)
  if (key === undefined) return
  const runs = ledger.keys.get(key) ?? new Set<string>()
  ledger.keys.set(key, runs.add(runId))
}
