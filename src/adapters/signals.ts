/**
 * Closes on the first SIGINT or SIGTERM, then lets the signal end the process unless somebody else listens for it; a
 * second one ends it at once. Gives back what stops listening. Why: docs/decisions/008-ending-by-signal.md.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const forget = () => signals.forEach((name) => process.off(name, onSignal))
  const onSignal = async (name: NodeJS.Signals) => {
    forget()
    await close().catch((error: unknown) => console.error(error))
    if (process.listenerCount(name) === 0) process.kill(process.pid, name)
  }
  for (const name of signals) process.on(name, onSignal)
  return forget
}
