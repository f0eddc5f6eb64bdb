import { StudioError } from '../../errors.ts'

/** Creates the error of blobs that cannot be reached, or that do not answer in time. The cause reaches `onError` alone. */
export function blobsUnavailable(text: string, cause?: unknown): StudioError {
  return new StudioError('unavailable', text, { cause, headers: { 'retry-after': '1' } })
}

/** Creates the error of a payload that its row names and that the blobs do not have, or not as it was written. */
export function payloadLost(how: 'missing' | 'damaged'): StudioError {
  return new StudioError('unavailable', `A stored payload is ${how}`, {
    details: { payload: how },
    headers: { 'retry-after': '60' },
  })
}

/** Is this the error of a payload that another attempt will not find either? */
export function isPayloadLost(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false
  return (error.details as { payload?: string } | undefined)?.payload !== undefined
}
