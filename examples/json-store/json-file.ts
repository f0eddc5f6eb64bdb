import { readFile, rename, writeFile } from 'node:fs/promises'
import type {
  Approval,
  LogEntry,
  Run,
  RunMessage,
  Session,
  SessionMessage,
  ToolCall,
  Turn,
} from 'fetch-studio'

/** A session with its conversation. `serial` grows with every change: lists are ordered by it. */
export interface SessionDocument {
  session: Session
  serial: number
  messages: SessionMessage[]
}

/** A run with its parts. `serial` is the order of admission. */
export interface RunDocument {
  run: Run
  serial: number
  messages: RunMessage[]
  turns: Turn[]
  toolCalls: ToolCall[]
  approvals: Approval[]
  log: LogEntry[]
  /** Writes of the present claim. */
  writes: number
  /** Position of the run's first message in its session; null until there is one. */
  position: number | null
}

/** An idempotency key, which expires at a time in milliseconds since 1970. */
export interface KeyDocument {
  readonly tenant: string
  readonly key: string
  readonly fingerprint: string
  readonly runId: string
  readonly expires: number
}

/** The whole content of the file. */
export interface Content {
  serial: number
  sessions: SessionDocument[]
  runs: RunDocument[]
  keys: KeyDocument[]
}

/** One JSON file with one transaction at a time. */
export class JsonFile {
  readonly #path: string
  #content: Content | null = null
  #queue: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  /** Resolves to what `work` reads; it must not change the content. */
  read<T>(work: (content: Content) => T): Promise<T> {
    return this.#enqueue(async () => work(await this.#load()))
  }

  /** Applies a change to a copy and saves it: when `work` throws, nothing has happened. */
  change<T>(work: (content: Content) => T): Promise<T> {
    return this.#enqueue(async () => {
      const copy = structuredClone(await this.#load())
      const result = work(copy)
      await writeFile(`${this.#path}.new`, JSON.stringify(copy))
      await rename(`${this.#path}.new`, this.#path) // readers of the file see all of it or none
      this.#content = copy
      return result
    })
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #load(): Promise<Content> {
    this.#content ??= await readFile(this.#path, 'utf8').then(
      (text) => JSON.parse(text) as Content,
      () => ({ serial: 0, sessions: [], runs: [], keys: [] }),
    )
    return this.#content
  }
}
