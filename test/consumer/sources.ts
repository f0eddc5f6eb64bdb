// A user's project: what it implements is imported by name, and compiled against the packed package.
import type {
  Comparison,
  Discovery,
  Dispatcher,
  DispatcherWork,
  JournalRows,
  JournalTable,
  Migration,
  MigrationSource,
  MigrationStatus,
  TableColumns,
} from 'fetch-studio'

const table: JournalTable = {
  places: [{ schema: null, table: 'my_migrations' }],
  columns: ['name', 'applied_at'],
  select: (from: string, _columns: TableColumns) => `select name, applied_at from ${from}`,
}

/** The migrations of a tool that keeps the names of what ran in a table. */
export class ListedMigrations implements MigrationSource {
  readonly tool = 'listed'
  readonly tables: Readonly<Record<string, JournalTable>> = { history: table }
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  async discover(app: string): Promise<Discovery> {
    const migrations = this.#names.map((name, index): Migration => {
      const before = this.#names[index - 1]
      return {
        app,
        name,
        dependencies: before === undefined ? [] : [{ app, name: before }],
        checksum: null,
      }
    })
    return { migrations, problems: [], compare: (rows) => this.#compare(app, rows) }
  }

  #compare(app: string, rows: JournalRows): Comparison {
    const applied = new Map((rows['history'] ?? []).map(([name, at]) => [String(name), at]))
    const statuses = new Map<string, MigrationStatus>()
    for (const [name, at] of applied) {
      const appliedAt = new Date(String(at)).getTime()
      statuses.set(name, { state: 'applied', appliedAt, message: null })
    }
    const missing = [...applied.keys()]
      .filter((name) => !this.#names.includes(name))
      .map((name) => ({ app, name, appliedAt: null, message: 'Its file is gone.' }))
    const last = [...statuses].at(-1)
    return {
      statuses,
      missing,
      last: last ? { app, name: last[0], appliedAt: last[1].appliedAt } : null,
      conflicts: [],
      problems: [],
    }
  }
}

/** Looks for due runs at a fixed interval. */
export class IntervalDispatcher implements Dispatcher {
  readonly #intervalMs: number
  readonly #onError: (error: unknown) => void
  readonly #running = new Set<Promise<void>>()
  #work: DispatcherWork | null = null
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(intervalMs: number, onError: (error: unknown) => void = console.error) {
    this.#intervalMs = intervalMs
    this.#onError = onError
  }

  start(work: DispatcherWork): void {
    this.#work = work
    this.#timer = setInterval(() => void this.#sweep().catch(this.#onError), this.#intervalMs)
  }

  wake(runId: string, at = 0): Promise<void> {
    return at > Date.now() ? Promise.resolve() : this.#advance(runId) // the interval finds it later
  }

  async stop(): Promise<void> {
    this.#work = null
    clearInterval(this.#timer)
    await Promise.allSettled(this.#running)
  }

  async #sweep(): Promise<void> {
    for (const runId of (await this.#work?.due()) ?? []) {
      this.#advance(runId).catch(this.#onError)
    }
  }

  #advance(runId: string): Promise<void> {
    if (!this.#work) return Promise.resolve()
    const done = this.#work.advance(runId).finally(() => this.#running.delete(done))
    this.#running.add(done)
    return done
  }
}
