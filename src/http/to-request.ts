import { badRequest, StudioError } from '../errors.ts'
import type { FetchHandler, HostContext, StudioFetch } from './handler.ts'
import { errorResponse } from './respond.ts'

/** Wraps a handler so that it takes what the global `fetch` takes, and never rejects. */
export function createFetch(
  handle: FetchHandler,
  options: {
    readonly allowedHosts: readonly string[] | undefined
    readonly onError: (error: unknown) => void
  },
): StudioFetch {
  const host = options.allowedHosts?.[0] ?? 'localhost'
  return async (input: unknown, second?: unknown, context?: HostContext) => {
    try {
      if (isRequest(input)) return await handle(input, second, context)
      const request = readRequest(input, second, host)
      if (!request) return errorResponse(badRequest('The URL or `init` is not valid'), '')
      return await handle(request)
    } catch (error) {
      options.onError(error)
      return errorResponse(new StudioError('internal_error', 'Internal error'), '')
    }
  }
}

function readRequest(input: unknown, init: unknown, host: string): Request | null {
  try {
    return new Request(new URL(String(input), `http://${host}`), init as RequestInit | undefined)
  } catch {
    return null
  }
}

/** Not `instanceof`, because frameworks pass requests of their own. */
function isRequest(input: unknown): input is Request {
  return typeof input === 'object' && input !== null && 'headers' in input && 'method' in input
}
