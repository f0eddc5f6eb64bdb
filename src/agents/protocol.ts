import type { Reporter } from './reporter.ts'

/**
 * Another protocol in which the agents of a studio are served. `aiSdkUi()` and the other functions of
 * `fetch-studio/protocols` make one.
 */
export interface Protocol {
  /** The name of the protocol, such as `ai-sdk-ui`; unique in a studio. */
  readonly name: string
  /** Returns the routes of the protocol. Only a studio calls it. */
  readonly serve: (module: never) => readonly unknown[]
  /** Tells clients of the protocol what happens to their runs. @default none */
  readonly reporter?: Reporter
}
