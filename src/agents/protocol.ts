/**
 * Another protocol in which the agents of a studio are served. `aiSdkUi()` and the other functions of
 * `fetch-studio/protocols` make one.
 */
export interface Protocol {
  /** The name of the protocol, such as `ai-sdk-ui`; unique in a studio. */
  readonly name: string
  /** Returns the routes of the protocol. Only a studio calls it. */
  readonly serve: (module: never) => readonly unknown[]
}
