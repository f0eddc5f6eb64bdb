import { redactText, toPublicError } from '../lib/redact.ts'

/** A failure with a message that is made for the person at the terminal, and holds no secret. */
export interface CommandFailure extends Error {
  readonly isForTerminal: true
}

/** Returns an error whose message is printed as it is. It may name the paths and addresses that the user gave. */
export function commandFailure(message: string, cause?: unknown): CommandFailure {
  return Object.assign(new Error(message, { cause }), { isForTerminal: true as const })
}

/** Returns true for errors of `commandFailure`. */
export function isCommandFailure(error: unknown): error is CommandFailure {
  return error instanceof Error && 'isForTerminal' in error
}

/** Returns what a foreign error says, with the reason behind it, and without secrets. */
export function explainCause(error: unknown): string {
  const { message } = toPublicError(error)
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Error) || /\([A-Z_]+\)$/.test(message)) return message
  return `${message} (${toPublicError(cause).message})`
}

/** Returns an argument as a message can show it: without the password and the parameters of an address. */
export function showArgument(text: string): string {
  const [, scheme, host] = /^([a-z][a-z\d+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*)/i.exec(text) ?? []
  return scheme === undefined ? text.slice(0, 200) : redactHost(scheme, host ?? '')
}

function redactHost(scheme: string, host: string): string {
  // a connection string without a user and parameters holds no secret
  return `${scheme}${redactText(host)}`.slice(0, 200)
}
