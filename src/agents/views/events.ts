import type { RunEvent } from '../answers/event-answers.ts'

export type { RunEvent }

const terminalTypes: ReadonlySet<string> = new Set(['final', 'error', 'cancelled'])

/** Is this the type of a run's last event? */
export function isTerminal(type: string): boolean {
  return terminalTypes.has(type)
}

/** Encodes an event without its closing brace: the log appends `,"seq":<number>}`. `type` comes first. */
export function toOpenJson(event: RunEvent): string {
  return JSON.stringify(event).slice(0, -1)
}
