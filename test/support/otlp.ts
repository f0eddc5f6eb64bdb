import type { Received } from './sink.ts'

interface RawAttribute {
  readonly key: string
  readonly value: {
    readonly stringValue?: string
    readonly intValue?: string
    readonly doubleValue?: number
    readonly boolValue?: boolean
    readonly arrayValue?: { readonly values: readonly RawAttribute['value'][] }
  }
}

/** A span as it was sent. */
export interface RawSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly RawAttribute[]
  readonly events: readonly {
    name: string
    timeUnixNano: string
    attributes: readonly RawAttribute[]
  }[]
  readonly links: readonly {
    traceId: string
    spanId: string
    attributes: readonly RawAttribute[]
  }[]
  readonly status: { readonly code: number; readonly message?: string }
}

/** A metric as it was sent. */
export interface RawMetric {
  readonly name: string
  readonly unit: string
  readonly histogram: {
    readonly aggregationTemporality: number
    readonly dataPoints: readonly {
      readonly attributes: readonly RawAttribute[]
      readonly count: string
      readonly sum: number
      readonly bucketCounts: readonly string[]
      readonly explicitBounds: readonly number[]
    }[]
  }
}

/** All spans of requests, in the order in which they came. */
export function spansOf(received: readonly Received[]): RawSpan[] {
  return received.flatMap(({ body }) => {
    const { resourceSpans = [] } = body as {
      resourceSpans?: { scopeSpans: { spans: RawSpan[] }[] }[]
    }
    return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
  })
}

/** All metrics of requests. */
export function metricsOf(received: readonly Received[]): RawMetric[] {
  return received.flatMap(({ body }) => {
    const { resourceMetrics = [] } = body as {
      resourceMetrics?: { scopeMetrics: { metrics: RawMetric[] }[] }[]
    }
    return resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap(({ metrics }) => metrics),
    )
  })
}

/** Attributes as an object. */
export function attributesOf({
  attributes,
}: {
  readonly attributes: readonly RawAttribute[]
}): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))
}

function valueOf(value: RawAttribute['value']): unknown {
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.arrayValue) return value.arrayValue.values.map(valueOf)
  return value.stringValue ?? value.doubleValue ?? value.boolValue
}
