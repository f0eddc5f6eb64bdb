import type { ComponentChildren } from 'preact'
import type { TraceDetail } from '../../../client.ts'
import { formatDuration, formatInstant, now } from '../../app/time.ts'
import { Button } from '../../parts/button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Markdown } from '../../parts/markdown.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Section } from '../../parts/section.tsx'
import { Fold, MessageView, Parts, type ShownMessage } from './message-view.tsx'
import { runTexts } from './texts.ts'
import { type Span, stretchOf } from './timeline.ts'

type Of<Kind extends Span['kind']> = Extract<Span, { kind: Kind }>

/** One step with everything that is known of it: what went in, what came out, what went wrong. */
export function SpanPanel({
  span,
  trace,
  onClose,
}: {
  readonly span: Span
  readonly trace: TraceDetail
  onClose(): void
}) {
  return (
    <aside class="panel" aria-label={`${runTexts.kinds[span.kind]} ${span.name}`}>
      <header>
        <div>
          <p class="quiet">{runTexts.kinds[span.kind]}</p>
          <h2>
            <Name text={span.name} max={120} />
          </h2>
        </div>
        <Button kind="bare" icon="close" label={runTexts.closeSpan} onClick={onClose} />
      </header>
      <Times span={span} />
      {span.kind !== 'approval' && span.error && (
        <Section title={runTexts.error}>
          <div class="failed-text">
            <PlainText text={`${span.error.name}: ${span.error.message}`} />
            {span.error.status !== undefined && <p>{runTexts.status(span.error.status)}</p>}
          </div>
        </Section>
      )}
      {span.kind === 'generation' && <Generation span={span} />}
      {span.kind === 'tool' && <ToolDetails span={span} />}
      {span.kind === 'approval' && <ApprovalDetails span={span} />}
      {span.kind === 'agent' && trace.output !== undefined && (
        <Section title={runTexts.assistant}>
          <Markdown text={trace.output} />
        </Section>
      )}
      <Section title={runTexts.details}>
        <JsonView value={span.metadata} depth={1} />
      </Section>
    </aside>
  )
}

function Times({ span }: { readonly span: Span }) {
  const { from, to } = stretchOf(span, now.value)
  return (
    <dl class="facts">
      <Fact name={runTexts.started}>{formatInstant(from)}</Fact>
      <Fact name={runTexts.ended}>
        {span.endedAt === undefined ? runTexts.stillOpen : formatInstant(to)}
      </Fact>
      <Fact name={runTexts.duration}>{formatDuration(to - from)}</Fact>
      {span.kind === 'generation' && span.metadata.firstDeltaMs !== undefined && (
        <Fact name={runTexts.firstToken}>{formatDuration(span.metadata.firstDeltaMs)}</Fact>
      )}
      {span.kind === 'generation' && (
        <Fact name={runTexts.tokens}>
          {runTexts.tokensOf(String(span.usage.inputTokens), String(span.usage.outputTokens))}
        </Fact>
      )}
    </dl>
  )
}

/** One fact of a list of facts. */
export function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Generation({ span: { input, output, events = [] } }: { readonly span: Of<'generation'> }) {
  const { instructions, history, prompt, omitted, tools } = input
  return (
    <>
      {events.length > 0 && (
        <Section title={runTexts.retryList}>
          <ul class="bare">
            {events.map(({ at, delayMs, message }) => (
              <li key={at}>
                <Name text={message} max={300} />{' '}
                <span class="quiet">{runTexts.after(formatDuration(delayMs))}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title={runTexts.answered}>
        {output ? <Parts parts={output.content as unknown as MessageParts} /> : runTexts.nothingYet}
      </Section>
      <Section title={runTexts.got}>
        {instructions !== undefined && (
          <Fold title={runTexts.system}>
            <PlainText text={instructions} />
          </Fold>
        )}
        {tools.length > 0 && (
          <Fold title={`${runTexts.offeredTools} (${tools.length})`}>
            <ul class="bare">
              {tools.map(({ name, description }) => (
                <li key={name}>
                  <strong>
                    <Name text={name} max={80} />
                  </strong>{' '}
                  {description !== undefined && <Name text={description} max={300} />}
                </li>
              ))}
            </ul>
          </Fold>
        )}
        {omitted !== undefined && <p class="quiet">{runTexts.omitted(omitted)}</p>}
        {history.length > 0 && (
          <Fold title={runTexts.history(history.length)}>
            {history.slice(-200).map((message, index) => (
              <MessageView key={index} message={message} />
            ))}
          </Fold>
        )}
        {prompt && <MessageView message={prompt} />}
      </Section>
    </>
  )
}

/** The answer's type leaves its parts open; they are those of any message. */
type MessageParts = Exclude<ShownMessage['content'], string>

function ToolDetails({ span: { input, output } }: { readonly span: Of<'tool'> }) {
  return (
    <>
      <Section title={runTexts.arguments}>
        <JsonView value={input} />
      </Section>
      {output !== undefined && (
        <Section title={runTexts.result}>
          {typeof output === 'string' ? (
            <PlainText text={output} code />
          ) : (
            <JsonView value={output} />
          )}
        </Section>
      )}
    </>
  )
}

function ApprovalDetails({ span: { metadata } }: { readonly span: Of<'approval'> }) {
  const { approvalStatus, requestReason, decisionReason, decidedBy } = metadata
  return (
    <>
      {requestReason !== undefined && (
        <Section title={runTexts.asked}>
          <PlainText text={requestReason} />
        </Section>
      )}
      <Section title={runTexts.decided}>
        <p>
          {runTexts.decision[approvalStatus]} {decidedBy !== undefined && runTexts.by(decidedBy)}
        </p>
        {decisionReason !== undefined && <PlainText text={decisionReason} />}
      </Section>
    </>
  )
}
