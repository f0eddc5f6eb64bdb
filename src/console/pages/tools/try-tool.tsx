import { useEffect, useRef, useState } from 'preact/hooks'
import { StudioClientError, type ToolCallResult } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { place, setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { parseInline } from '../../parts/inline.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { texts } from '../../texts.ts'
import { type ArgumentField, listArguments, readArguments } from './argument-fields.ts'
import type { ProjectTool } from './inventory.ts'
import { toolsTexts } from './texts.ts'

/** A form of the arguments of a tool, a button that calls it, and what it returned. */
export function TryTool({ tool }: { readonly tool: ProjectTool }) {
  const fields = listArguments(tool.input_schema)
  const { query } = place.value
  const typed = Object.fromEntries(fields.map(({ name }) => [name, query.get(`a.${name}`) ?? '']))
  const { values, faults } = readArguments(fields, typed)
  const [areShown, showFaults] = useState(false)
  const [isConfirmed, confirm] = useState(false)
  const call = useCall(tool.name)
  const writes = !tool.annotations.readOnlyHint
  const why = !tool.callable
    ? toolsTexts.notCallable
    : writes && !isConfirmed
      ? toolsTexts.confirmFirst
      : null
  return (
    <form
      class="api-try"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        showFaults(true)
        if (why !== null || call.isBusy || Object.keys(faults).length > 0) return
        void call.start(values, writes)
      }}
    >
      {fields.length === 0 && <p class="quiet">{toolsTexts.noArguments}</p>}
      {fields.map((field) => (
        <Argument
          key={field.name}
          field={field}
          value={typed[field.name] ?? ''}
          fault={areShown ? faults[field.name] : undefined}
        />
      ))}
      {writes && tool.callable && (
        <label class="tool-confirm">
          <input
            type="checkbox"
            checked={isConfirmed}
            onChange={({ currentTarget }) => confirm(currentTarget.checked)}
          />
          {toolsTexts.confirm}
        </label>
      )}
      <p class="api-send">
        <Button kind="main" submit busy={call.isBusy} why={why}>
          {toolsTexts.call}
        </Button>
        {call.isBusy && <Button onClick={call.stop}>{toolsTexts.stop}</Button>}
        {why !== null && <span class="quiet">{parseInline(why)}</span>}
      </p>
      <div role="status">
        {call.result && <ResultView result={call.result} />}
        {call.error !== undefined && <ErrorView error={call.error} />}
      </div>
    </form>
  )
}

interface Called {
  readonly result?: ToolCallResult
  readonly error?: unknown
}

function useCall(name: string) {
  const [state, setState] = useState<Called>({})
  const [isBusy, setBusy] = useState(false)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])
  const start = async (values: object, confirmed: boolean) => {
    const { signal } = (abort.current = new AbortController())
    setBusy(true)
    const next = await client.callTool(name, values, { signal, confirmed }).then(
      (result): Called => ({ result }),
      (error: unknown): Called => ({ error }),
    )
    setBusy(false)
    setState(signal.aborted ? {} : next)
  }
  return { ...state, isBusy, start, stop: () => abort.current?.abort() }
}

function Argument({
  field,
  value,
  fault,
}: {
  readonly field: ArgumentField
  readonly value: string
  readonly fault: 'missing' | 'notJson' | undefined
}) {
  const { name, kind, isRequired, description, placeholder } = field
  const id = `argument-${name}`
  const common = {
    id,
    value,
    'aria-invalid': fault !== undefined,
    'aria-describedby': `${id}-hint`,
  }
  const change = (event: { readonly currentTarget: { readonly value: string } }) =>
    setQuery({ [`a.${name}`]: event.currentTarget.value })
  const choices = kind === 'boolean' ? ['true', 'false'] : field.choices
  const hint = fault ? toolsTexts[fault] : description
  return (
    <div class="api-field">
      <label for={id}>
        <code>
          <Name text={name} max={60} />
        </code>{' '}
        {isRequired && <span class="quiet">{toolsTexts.required}</span>}
      </label>
      {choices.length > 0 ? (
        <select {...common} onChange={change}>
          <option value="" />
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : kind === 'json' ? (
        <textarea
          {...common}
          rows={2}
          placeholder={placeholder || toolsTexts.jsonHint}
          onInput={change}
        />
      ) : (
        <input
          {...common}
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          placeholder={placeholder}
          onInput={change}
        />
      )}
      <small id={`${id}-hint`} class={fault ? 'bad' : 'quiet'}>
        {fault ? hint : parseInline(hint)}
      </small>
    </div>
  )
}

function ResultView({ result }: { readonly result: ToolCallResult }) {
  return (
    <div class="api-outcome">
      <p>
        <Badge tone={result.is_error ? 'bad' : 'good'}>
          {result.is_error ? toolsTexts.failed : toolsTexts.succeeded}
          {result.status !== null && ` (${result.status})`}
        </Badge>
      </p>
      <JsonView value={result.result} depth={3} />
    </div>
  )
}

function ErrorView({ error }: { readonly error: unknown }) {
  const known = error instanceof StudioClientError ? error : null
  return (
    <div class="api-outcome">
      <p>
        <Badge tone="bad">
          {known?.status ?? ''} {known?.code ?? toolsTexts.failed}
        </Badge>
      </p>
      <PlainText text={error instanceof Error ? error.message : String(error)} />
      {known?.requestId && (
        <p class="quiet">
          {texts.requestId} <code>{known.requestId}</code>
        </p>
      )}
    </div>
  )
}
