import { useEffect, useRef, useState } from 'preact/hooks'
import { type OpenApiParameter, type RawAnswer, StudioClientError } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { JsonView, parseJson } from '../../parts/json-view.tsx'
import { parseInline } from '../../parts/inline.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { texts } from '../../texts.ts'
import type { ApiRoute } from './operations.ts'
import { fillPath, type Values } from './languages.ts'
import { apiTexts } from './texts.ts'

type Outcome =
  | { readonly answer: RawAnswer; readonly ms: number }
  | { readonly error: unknown; readonly ms: number }

/** The parameters of a route that reads, a button that sends it, and what came back. */
export function TryIt({ route, values }: { readonly route: ApiRoute; readonly values: Values }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [missing, setMissing] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const stop = useRef<AbortController>(undefined)
  useEffect(() => () => stop.current?.abort(), [])
  const parameters = toTyped(route)
  const send = async () => {
    const lacking = parameters.find(({ name, required }) => required && !values[name])
    setMissing(lacking?.name ?? null)
    if (lacking) return
    stop.current = new AbortController()
    const { signal } = stop.current
    setBusy(true)
    const start = performance.now()
    const next = await client.read(fillPath(route, values), { signal }).then(
      (answer) => ({ answer, ms: performance.now() - start }),
      (error: unknown) => ({ error, ms: performance.now() - start }),
    )
    setBusy(false)
    if (!signal.aborted) setOutcome(next)
  }
  return (
    <form
      class="api-try"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void send()
      }}
    >
      {parameters.map((parameter) => (
        <Parameter
          key={parameter.name}
          parameter={parameter}
          value={values[parameter.name] ?? ''}
          fault={missing === parameter.name ? apiTexts.missing(parameter.name) : null}
        />
      ))}
      <p class="api-send">
        <Button kind="main" submit busy={isBusy}>
          {apiTexts.send}
        </Button>
        {isBusy && <Button onClick={() => stop.current?.abort()}>{apiTexts.stop}</Button>}
        <code>
          GET <Name text={fillPath(route, values)} />
        </code>
      </p>
      <div role="status">{outcome && <OutcomeView outcome={outcome} />}</div>
    </form>
  )
}

const toTyped = ({ operation }: ApiRoute) =>
  (operation.parameters ?? []).filter(({ in: where }) => where === 'path' || where === 'query')

function Parameter({
  parameter,
  value,
  fault,
}: {
  readonly parameter: OpenApiParameter
  readonly value: string
  readonly fault: string | null
}) {
  const { name, required, description, schema, example } = parameter
  const choices = Array.isArray(schema?.['enum']) ? (schema['enum'] as unknown[]) : null
  const change = (text: string) => setQuery({ [`p.${name}`]: text })
  const id = `parameter-${name}`
  return (
    <div class="api-field">
      <label for={id}>
        <code>{name}</code> {required && <span class="quiet">{apiTexts.required}</span>}
      </label>
      {choices ? (
        <select id={id} value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
          <option value="" />
          {choices.map((choice) => (
            <option key={String(choice)}>{String(choice)}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={value}
          placeholder={example === undefined ? '' : String(example)}
          aria-invalid={fault !== null}
          aria-describedby={`${id}-hint`}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
      <small id={`${id}-hint`} class={fault ? 'bad' : 'quiet'}>
        {fault ?? parseInline(description ?? '')}
      </small>
    </div>
  )
}

function OutcomeView({ outcome }: { readonly outcome: Outcome }) {
  if ('error' in outcome) {
    const { error } = outcome
    const known = error instanceof StudioClientError ? error : null
    return (
      <div class="api-outcome">
        <p>
          <Badge tone="bad">
            {known?.status ?? apiTexts.failed} {known?.code}
          </Badge>{' '}
          <span class="quiet">{apiTexts.took(outcome.ms)}</span>
        </p>
        <PlainText text={error instanceof Error ? error.message : String(error)} />
        {known?.requestId && (
          <p class="quiet">
            {texts.requestId} <code>{known.requestId}</code>
          </p>
        )}
        {known?.details !== undefined && <JsonView value={known.details} />}
      </div>
    )
  }
  const { status, contentType, text } = outcome.answer
  const parsed = contentType.includes('application/json') ? parseJson(text) : undefined
  return (
    <div class="api-outcome">
      <p>
        <Badge tone="good">{String(status)}</Badge>{' '}
        <span class="quiet">
          {apiTexts.took(outcome.ms)} · <Name text={contentType} max={60} /> ·{' '}
          {apiTexts.size(text.length)}
        </span>
      </p>
      {parsed === undefined ? (
        <PlainText text={text} code />
      ) : (
        <JsonView value={parsed} depth={3} />
      )}
    </div>
  )
}
