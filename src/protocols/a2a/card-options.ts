import type { A2aPushOptions } from './notifications/push-options.ts'

/** How agents are served to clients of A2A. Each option has a default. */
export interface A2aOptions {
  /** The agent whose card is also the one of the host, `/.well-known/agent-card.json`. @default the only agent, else none */
  readonly defaultAgent?: string
  /** Serves the cards without `auth`: everybody who reaches the studio can read the agents' names, descriptions and tools. @default false */
  readonly publicCards?: boolean
  /** The origin that clients use, such as `https://agents.example.com`. @default that of the request for the card */
  readonly origin?: string
  /** The version of the agents, as their cards say it. @default '1' */
  readonly version?: string
  /** Tells clients about their tasks at URLs that they name. The stores need an outbox and push targets, as `postgresStores` and `memoryStores` have. @default none */
  readonly push?: A2aPushOptions
}
