import type { ErrorCode } from '../errors.ts'
import type { Route } from './route.ts'

/** The codes that the pipeline itself can refuse a request with, whatever the route. */
const pipelineErrors: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'internal_error',
  'unavailable',
]

/** Returns every error code that a route can answer with: its own, and those of the pipeline. */
export function errorsOf({ errors = [], body, query, path }: Route): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...errors, ...pipelineErrors])
  if (body || query || path.includes(':')) codes.add('bad_request')
  if (body) codes.add('payload_too_large').add('unsupported_media_type')
  return [...codes]
}
