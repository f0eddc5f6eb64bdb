/**
 * Cancels a stream of foreign code one task later. In the tick of an abort, such code may reject a promise that nobody holds,
 * which ends the process. Whatever `cancel` throws, rejects or returns is dropped.
 */
export function cancelLater(cancel: () => unknown): void {
  setTimeout(() => {
    try {
      Promise.resolve(cancel()).catch(() => {})
    } catch {
      // the stream is of no use to anybody any more
    }
  }, 0)
}
