/** One line of a stream, as it came. */
export interface SeenLine {
  readonly seq: number
  readonly type: string
  readonly json: string
}

/** Everything the instances have told their clients: what must be true in the end. */
export interface Ledger {
  /** Runs that somebody was told about. */
  readonly runs: Set<string>
  /** Runs by the `Idempotency-Key` they were asked for with. */
  readonly keys: Map<string, Set<string>>
  /** Lines that are stored before anybody sees them, by run and number. */
  readonly lines: Map<string, Map<number, string>>
  /** Streams that were read up to their last line. */
  readonly transcripts: {
    readonly runId: string
    readonly lines: readonly SeenLine[]
    /** How its reader came back, for those who look for what went wrong. */
    readonly history: readonly string[]
  }[]
  /** Buffered answers. */
  readonly answers: { readonly runId: string; readonly output: string }[]
  /** Verdicts that were confirmed, by approval. */
  readonly decisions: Map<string, string>
  /** Runs whose cancellation was confirmed before they had ended. */
  readonly cancellations: Set<string>
  /** Runs of which a reader saw a line again, or another one in its place. */
  readonly takenBack: Set<string>
  readonly sessions: string[]
  /** What was wrong on the spot. */
  readonly violations: string[]
  readonly counts: Map<string, number>
}

/** Opens an empty ledger. */
export function createLedger(): Ledger {
  return {
    runs: new Set(),
    keys: new Map(),
    lines: new Map(),
    transcripts: [],
    answers: [],
    decisions: new Map(),
    cancellations: new Set(),
    takenBack: new Set(),
    sessions: [],
    violations: [],
    counts: new Map(),
  }
}

/** Counts something that happened. */
export function tally({ counts }: Ledger, what: string, by = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + by)
}

const shownFirst = new Set(['turn_start', 'generation_start'])

/** Is a line of this type stored before anybody sees it? */
function isDurable(type: string): boolean {
  return !shownFirst.has(type) && !type.endsWith('_delta')
}

/** Notes a line that a client saw. */
export function noteLine(ledger: Ledger, runId: string, line: SeenLine): void {
  if (!isDurable(line.type)) return
  const lines = ledger.lines.get(runId) ?? new Map<number, string>()
  ledger.lines.set(runId, lines)
  const before = lines.get(line.seq)
  if (before !== undefined && before !== line.json) {
    ledger.violations.push(
      `run ${runId}: line ${line.seq} was two things: ${before} and ${line.json}`,
    )
  }
  lines.set(line.seq, line.json)
}

/** Notes a run that a client was told about. */
export function noteRun(ledger: Ledger, runId: string, key?: string): void {
  ledger.runs.add(runId)
  if (key === undefined) return
  const runs = ledger.keys.get(key) ?? new Set<string>()
  ledger.keys.set(key, runs.add(runId))
}
