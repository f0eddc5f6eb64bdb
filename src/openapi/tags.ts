import type { RouteTag } from '../http/route.ts'

const descriptions: Readonly<Record<RouteTag, string>> = {
  runtime: 'The runtime itself.',
  agents: 'The agents and their tools.',
  runs: 'Starting, watching and cancelling runs.',
  sessions: 'Conversations.',
  traces: 'What happened in runs.',
  approvals: 'Decisions about tool calls.',
  studio: 'The project, its health and its migrations.',
  context: 'Models, routes and settings as context for an AI.',
  schema: 'Whether models and database agree.',
  query: 'Queries of the data.',
  tools: 'Tools, also over the Model Context Protocol.',
  changes: 'Changes to files: previewed, decided on, applied and rolled back.',
  webhooks: 'What other systems were told, and what they were not.',
  protocols: 'The agents in other protocols: chat UIs, agents and clients of models.',
}

/** The groups of operations, in documentation order. */
export const tags = Object.entries(descriptions).map(([name, description]) => ({
  name,
  description,
}))
