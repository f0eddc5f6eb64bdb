import { parseTraceparent } from '../../records/trace-context.ts'
import type { Run } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { Agent } from '../../agents/agent.ts'
import { type ContentMode, toContent } from './content.ts'
import { type Attributes, toAttributes, toNanos } from './otlp-values.ts'
import type { Segment } from './segments.ts'

/** What a span says of a run, besides its rows. */
export interface SpanSettings {
  readonly agent: Agent | undefined
  readonly content: ContentMode
}

/** One span in the JSON of OTLP, with the facts of which metrics are made. */
export type OtlpSpan = ReturnType<typeof toSpan>

/** The kind of a span for work in this process. */
export const internalKind = 1
/** The kind of a span for a call of another system. */
export const clientKind = 3
// Codes of the status of a span.
const unset = 0
const error = 2

/** A run whose spans are built. */
export interface SpanContext extends SpanSettings {
  readonly journal: RunJournal
  readonly segments: readonly Segment[]
  readonly caller: { readonly traceId: string; readonly spanId: string | null }
}

/** Returns the trace of the request that created the run; without one the run has a trace of its own. */
export function callingSpanOf({ traceId, input }: Run): SpanContext['caller'] {
  return parseTraceparent(input.traceparent) ?? { traceId, spanId: null }
}

/** What one span says, besides what all spans of its run say. */
interface SpanFacts {
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly name: string
  readonly kind: number
  readonly from: string
  readonly to: string
  readonly errorType: string | null
  readonly message?: string | null
  readonly attributes: Attributes
  readonly events?: readonly {
    readonly at: string
    readonly name: string
    readonly attributes: Attributes
  }[]
  readonly links?: readonly { readonly spanId: string; readonly attributes: Attributes }[]
}

/** Builds one span, with what every span of a run says. */
export function toSpan({ caller, journal }: SpanContext, span: SpanFacts) {
  const { run } = journal
  const {
    spanId,
    parentSpanId,
    name,
    kind,
    from,
    to,
    errorType,
    message,
    events = [],
    links = [],
  } = span
  return {
    traceId: caller.traceId,
    spanId,
    ...(parentSpanId === null ? {} : { parentSpanId }),
    flags: 1,
    name,
    kind,
    startTimeUnixNano: toNanos(from),
    endTimeUnixNano: toNanos(to < from ? from : to),
    attributes: toAttributes({
      ...span.attributes,
      'gen_ai.conversation.id': run.sessionId ?? run.id,
      'session.id': run.sessionId ?? run.input.trace?.sessionId,
      'user.id': run.input.trace?.userId ?? run.startedBy,
      'fetch_studio.run.id': run.id,
      'fetch_studio.agent.id': run.agentId,
      'error.type': errorType,
    }),
    events: events.map(({ at, ...event }) => ({
      timeUnixNano: toNanos(at),
      name: event.name,
      attributes: toAttributes(event.attributes),
    })),
    links: links.map((link) => ({
      traceId: caller.traceId,
      spanId: link.spanId,
      attributes: toAttributes(link.attributes),
    })),
    status: errorType === null ? { code: unset } : { code: error, ...(message ? { message } : {}) },
  }
}

/** Makes an answer of a text. */
export function assistantText(text: string) {
  return { role: 'assistant' as const, content: [{ type: 'text' as const, text }] }
}

/** Returns the version of an agent: the caller's, else that of its metadata. */
export function versionOf(agent: Agent | undefined, { input }: Run): string | null {
  const named = agent?.metadata?.['version']
  return input.trace?.version ?? (typeof named === 'string' ? named : null)
}

/** Encodes the instructions of an agent. */
export function systemInstructions(content: ContentMode, agent: Agent | undefined): string | null {
  const text = agent?.instructions
  return text ? toContent(content, [{ type: 'text', content: text }]) : null
}

/** Makes a list of a value; null of none. */
export function listed(value: string | null | undefined): string[] | null {
  return value === null || value === undefined ? null : [value]
}

/** Counts of zero are left out where the conventions say so. Both names of tokens that were cached are sent. */
export function usageOf(usage: Usage): Attributes {
  const written = usage.cacheCreationInputTokens || null
  const { details = {} } = usage
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens || null,
    'gen_ai.usage.cache_write.input_tokens': written,
    'gen_ai.usage.cache_creation.input_tokens': written,
    'gen_ai.usage.reasoning.output_tokens': details['reasoning'] || null,
  }
}
