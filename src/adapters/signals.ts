/**
 * Closes on the first SIGINT or SIGTERM. The signal then ends the process unless another listener handles it; a second
 * signal ends it at once. Returns a function that removes the listeners (docs/decisions/008-ending-by-signal.md).
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const removeListeners = () => signals.forEach((name) => process.off(name, onSignal))
  const onSignal = async (name: NodeJS.Signals) => {
    removeListeners()
    await close().catch((error: unknown) => console.error(error))
    if (process.listenerCount(name) === 0) process.kill(process.pid, name)
  }
  for (const name of signals) process.on(name, onSignal)
  return removeListeners
}
