import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { describe, expect, it } from 'vitest'
import { telemetry } from '../../src/telemetry.ts'
import { addTool, toolCall } from '../support/agents.ts'
import { attributesOf, type RawSpan, spansOf } from '../support/otlp.ts'
import { startSink } from '../support/sink.ts'
import { createTestStudio, eventually } from '../support/studio.ts'

type Serialized = Parameters<typeof JsonTraceSerializer.serializeRequest>[0]

const usage = { inputTokens: 10, outputTokens: 4, cachedInputTokens: 3, reasoningTokens: 2 }

/** Exports a run with a tool and resolves to its spans. */
async function exportRun(): Promise<RawSpan[]> {
  const sink = await startSink()
  const { run } = await createTestStudio({
    turns: [
      [toolCall('add', { a: 1, b: 2 }), { usage }],
      ['3', { usage }],
    ],
    tools: [addTool],
    telemetry: telemetry({ otlp: { url: sink.url }, content: 'full' }),
  })
  const sessionless = await run('x')
  expect(sessionless).toMatchObject({ status: 200 })
  return eventually(async () => {
    const spans = spansOf(sink.received)
    expect(spans).toHaveLength(4)
    return spans
  })
}

const toTime = (nanos: string): [number, number] => [
  Number(BigInt(nanos) / 1_000_000_000n),
  Number(BigInt(nanos) % 1_000_000_000n),
]

/** The span of the official SDK that says the same. */
function toReadable(span: RawSpan): unknown {
  return {
    name: span.name,
    kind: span.kind - 1,
    spanContext: () => ({ traceId: span.traceId, spanId: span.spanId, traceFlags: 1 }),
    parentSpanId: span.parentSpanId,
    startTime: toTime(span.startTimeUnixNano),
    endTime: toTime(span.endTimeUnixNano),
    status: span.status.code === 2 ? { code: 2, message: span.status.message } : { code: 0 },
    attributes: attributesOf(span),
    links: [],
    events: [],
    resource: { attributes: {} },
    instrumentationLibrary: { name: 'test' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Drops what has the same meaning in two forms: numbers as texts, counts of zero, flags. */
function toComparable({ attributes, ...span }: RawSpan) {
  const { traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano } = span
  const times = { from: String(startTimeUnixNano), to: String(endTimeUnixNano) }
  const said = attributes.map(({ key, value }) => [key, { ...value, ...toNumber(value) }])
  return { traceId, spanId, parentSpanId, name, kind, ...times, said, code: span.status.code }
}

const toNumber = ({ intValue }: RawSpan['attributes'][number]['value']) =>
  intValue === undefined ? {} : { intValue: Number(intValue) }

describe('the form of OTLP', () => {
  it('the official encoder writes the same JSON for the same spans', async () => {
    const spans = await exportRun()
    const bytes = JsonTraceSerializer.serializeRequest(spans.map(toReadable) as Serialized)
    const official = spansOf([
      {
        path: '',
        headers: {},
        text: '',
        body: JSON.parse(new TextDecoder().decode(bytes)) as unknown,
      },
    ])
    expect(spans.map(toComparable)).toEqual(official.map(toComparable))
  })

  it('spans have the attributes that Langfuse and Phoenix document', async () => {
    const spans = await exportRun()
    const names = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)))
    expect([...names]).toEqual(
      expect.arrayContaining([
        'gen_ai.operation.name',
        'gen_ai.conversation.id',
        'gen_ai.agent.name',
        'gen_ai.request.model',
        'gen_ai.provider.name',
        'gen_ai.input.messages',
        'gen_ai.output.messages',
        'gen_ai.system_instructions',
        'gen_ai.tool.name',
        'gen_ai.tool.call.id',
        'gen_ai.tool.call.arguments',
        'gen_ai.tool.call.result',
        'gen_ai.usage.input_tokens',
        'gen_ai.usage.output_tokens',
        'gen_ai.usage.cache_read.input_tokens',
      ]),
    )
  })
})
