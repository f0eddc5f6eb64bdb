import { type OtlpAttribute, toAttributes } from './otlp-values.ts'
import type { OtlpSpan } from './span-base.ts'

/** One histogram in the JSON of OTLP. */
export type OtlpMetric = ReturnType<typeof toMetric>

interface Instrument {
  readonly name: string
  readonly unit: 's' | '{token}'
  readonly description: string
}

interface Measurement {
  readonly instrument: Instrument
  readonly value: number
  readonly attributes: Readonly<Record<string, string>>
}

/** The bounds that the conventions advise: seconds and tokens. */
export const secondBounds = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]
const tokenBounds = Array.from({ length: 14 }, (_, power) => 4 ** power)
const delta = 1

const seconds = (name: string, description: string): Instrument => ({
  name,
  unit: 's',
  description,
})
const tokens = (name: string, description: string): Instrument => ({
  name,
  unit: '{token}',
  description,
})

/** The names of v0.1.0, and those by which dashboards know the same values (docs/decisions/218-two-names-of-a-metric.md). */
const durationsOf: Readonly<Record<string, readonly Instrument[]>> = {
  invoke_agent: [seconds('gen_ai.invoke_agent.duration', 'How long agents worked')],
  execute_tool: [seconds('gen_ai.execute_tool.duration', 'How long tool calls took')],
  chat: [
    seconds('gen_ai.client.operation.duration', 'How long model calls took'),
    seconds('gen_ai.client.inference.duration', 'How long model calls took'),
  ],
}
const usage = tokens('gen_ai.client.token.usage', 'Tokens of model calls, by type')
const tokensOf = {
  input: tokens('gen_ai.client.inference.operation.input_tokens', 'Input tokens of model calls'),
  output: tokens('gen_ai.client.inference.operation.output_tokens', 'Output tokens of model calls'),
}

const shown = [
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.agent.name',
  'gen_ai.tool.name',
  'error.type',
]

/** Measures spans that are exported: histograms of one export, with delta temporality. Times are nanoseconds as text. */
export function toMetrics(
  spans: readonly OtlpSpan[],
  window: { readonly from: string; readonly to: string },
): OtlpMetric[] {
  const found = new Map<string, { instrument: Instrument; series: Map<string, Measurement[]> }>()
  for (const measurement of spans.flatMap(measure)) {
    const { instrument, attributes } = measurement
    const { series } = found.get(instrument.name) ?? { series: new Map<string, Measurement[]>() }
    const key = JSON.stringify(attributes)
    series.set(key, [...(series.get(key) ?? []), measurement])
    found.set(instrument.name, { instrument, series })
  }
  return [...found.values()].map(({ instrument, series }) =>
    toMetric(instrument, [...series.values()], window),
  )
}

function measure(span: OtlpSpan): Measurement[] {
  const values = new Map(span.attributes.map((attribute) => [attribute.key, textOf(attribute)]))
  const attributes = Object.fromEntries(
    shown.flatMap((name) => {
      const value = values.get(name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const operation = values.get('gen_ai.operation.name') ?? ''
  const nanos = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)
  const value = Number(nanos / 1_000_000n) / 1_000
  const durations = (durationsOf[operation] ?? []).map((instrument) => ({
    instrument,
    value,
    attributes,
  }))
  if (operation !== 'chat') return durations
  const counted = (['input', 'output'] as const).flatMap((type) => {
    const count = Number(values.get(`gen_ai.usage.${type}_tokens`) ?? 0)
    if (count === 0) return []
    const typed = { ...attributes, 'gen_ai.token.type': type }
    return [
      { instrument: usage, value: count, attributes: typed },
      { instrument: tokensOf[type], value: count, attributes },
    ]
  })
  return [...durations, ...counted]
}

function textOf({ value }: OtlpAttribute): string {
  if ('stringValue' in value) return value.stringValue
  return 'intValue' in value ? value.intValue : JSON.stringify(value)
}

function toMetric(
  { name, unit, description }: Instrument,
  series: readonly (readonly Measurement[])[],
  { from, to }: { readonly from: string; readonly to: string },
) {
  const bounds = unit === 's' ? secondBounds : tokenBounds
  const dataPoints = series.map((measurements) => {
    const values = measurements.map(({ value }) => value)
    return {
      attributes: toAttributes(measurements[0]?.attributes ?? {}),
      startTimeUnixNano: from,
      timeUnixNano: to,
      count: String(values.length),
      sum: values.reduce((sum, value) => sum + value, 0),
      min: Math.min(...values),
      max: Math.max(...values),
      explicitBounds: bounds,
      bucketCounts: countBuckets(values, bounds).map(String),
    }
  })
  return { name, unit, description, histogram: { aggregationTemporality: delta, dataPoints } }
}

/** Counts how many values are in each bucket: at most its bound and above the one before; the last bucket has the rest. */
export function countBuckets(values: readonly number[], bounds: readonly number[]): number[] {
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  for (const value of values) {
    const found = bounds.findIndex((bound) => value <= bound)
    const index = found < 0 ? bounds.length : found
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}
