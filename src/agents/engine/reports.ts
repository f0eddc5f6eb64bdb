import type { Route } from '../../http/route.ts'
import type { EngineOptions, ManagedEngine } from './engine.ts'

/** What a reporter learns about its studio. */
export interface ReporterSettings {
  readonly project: { readonly name: string; readonly version: string }
  readonly environment: string
  readonly publicPath: string
  /** The capabilities that the option `allow` names. */
  readonly allow: readonly string[]
}

/** Creates the engine of a studio or of one request. */
export type CreateEngine = (options: EngineOptions) => ManagedEngine

/** What a reporter adds to a studio. */
export interface Reports {
  /** Takes the `AgentsModule`, which knows this file. */
  readonly routes: (module: never) => readonly Route[]
  /**
   * Makes engines that report what happens in them: between their requests, after their runs, in `tick` and before they are closed.
   * Such an engine is not created, with a TypeError, when its stores have no outbox.
   *
   * @see docs/decisions/215-telemetry-and-webhooks-are-entries.md
   */
  readonly extend: (create: CreateEngine) => CreateEngine
}
