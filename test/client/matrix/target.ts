import type {
  ClientOptions,
  StreamedEvent,
  StudioClient,
  StudioClientError,
} from '../../../src/client.ts'

/** What the behaviours of the client talk to. */
export interface Target {
  /** A client of the studio of `support-studio.ts`. */
  client(options?: Partial<ClientOptions>): StudioClient
  /** A client of a server with a fault of `faults.ts`, and how many runs it was asked to start. */
  faulty(
    fault: string,
    argument?: number,
    options?: Partial<ClientOptions>,
  ): { readonly client: StudioClient; posts(): Promise<number> }
  /** A client of a proxy before two instances; `kill` ends the one that answers with SIGKILL. Null in process. */
  readonly fleet: { client(): StudioClient; kill(): Promise<void> } | null
  /** Whether every case of a behaviour runs, or a few. */
  readonly isWhole: boolean
}

/** One promise of the client. */
export interface Behaviour {
  readonly name: string
  run(target: Target): Promise<void>
}

/** How one behaviour went in one runtime. */
export interface Outcome {
  readonly name: string
  /** Null if the behaviour holds. */
  readonly fault: string | null
  readonly ms: number
}

/** @throws Error unless both are the same JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (is !== should) throw new Error(`${what}: ${is} instead of ${should}`)
}

/** Resolves to the error of a promise. @throws Error unless it rejects with this code. */
export async function failsWith(
  code: string,
  promise: Promise<unknown>,
): Promise<StudioClientError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason as StudioClientError,
  )
  if (error?.code !== code) throw new Error(`${code} was expected, not ${String(error)}`)
  return error
}

/** Reads a stream to its end. */
export async function collect(stream: AsyncIterable<StreamedEvent>): Promise<StreamedEvent[]> {
  const events: StreamedEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}
