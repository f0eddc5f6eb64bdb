/** The trace of a caller, and the span that called. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
}

const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

/** Parses the header `traceparent` of W3C Trace Context. Null for anything that is none; such a header is ignored. */
export function parseTraceparent(header: string | null | undefined): TraceContext | null {
  const [, traceId = '', spanId = '', rest] = form.exec(header?.trim() ?? '') ?? []
  const isFirstVersion = header?.trim().startsWith('00') ?? false
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId) || (isFirstVersion && rest)) return null
  return { traceId, spanId }
}

/** Builds the header `traceparent` for a call that a span makes. */
export function toTraceparent({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`
}
