import { useState } from 'preact/hooks'
import type { ToolCallResult } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { place, setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { CallButtons, CallAnswer, useCall } from '../../parts/forms/call.tsx'
import { parseInline } from '../../parts/inline.tsx'
import { findFaults, isObject, type Schema } from '../../parts/forms/json-schema.ts'
import { JsonView, parseJson } from '../../parts/json-view.tsx'
import { SchemaForm } from '../../parts/forms/schema-form.tsx'
import type { ProjectTool } from './inventory.ts'
import { toolsTexts } from './texts.ts'

/** A form of the arguments of a tool, a button that calls it, and what it returned. The address keeps the arguments. */
export function TryTool({ tool }: { readonly tool: ProjectTool }) {
  const schema = tool.input_schema as Schema
  const [input, setInput] = useState(readInput)
  const [isTried, setTried] = useState(false)
  const [isConfirmed, confirm] = useState(false)
  const call = useCall<ToolCallResult>()
  const writes = !tool.annotations.readOnlyHint
  const why = whyNot(tool, isConfirmed)
  const faults = findFaults(schema, input)
  return (
    <form
      class="call-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (why !== null || call.isBusy || faults.size > 0) return
        call.start((signal) => client.callTool(tool.name, input, { signal, confirmed: writes }))
      }}
    >
      <SchemaForm
        schema={schema}
        value={input}
        faults={isTried ? faults : new Map()}
        onChange={(value) => {
          if (!isObject(value)) return
          setInput(value)
          const isEmpty = Object.keys(value).length === 0
          setQuery({ input: isEmpty ? null : JSON.stringify(value) })
        }}
      />
      {writes && tool.callable && (
        <label class="check">
          <input
            type="checkbox"
            checked={isConfirmed}
            onChange={({ currentTarget }) => confirm(currentTarget.checked)}
          />
          {toolsTexts.confirm}
        </label>
      )}
      <CallButtons call={call} label={toolsTexts.call} why={why}>
        {why !== null && <span class="quiet">{parseInline(why)}</span>}
      </CallButtons>
      <CallAnswer call={call}>
        {(answer, took) => <Result answer={answer} took={took} />}
      </CallAnswer>
    </form>
  )
}

function Result({ answer, took }: { readonly answer: ToolCallResult; readonly took: string }) {
  const { is_error: isError, status, result } = answer
  return (
    <>
      <p>
        <Badge tone={isError ? 'bad' : 'good'}>
          {isError ? toolsTexts.failed : toolsTexts.succeeded}
          {status !== null && ` (${status})`}
        </Badge>{' '}
        <span class="quiet">{took}</span>
      </p>
      <JsonView value={result} depth={3} />
    </>
  )
}

/** Reads the arguments from the address. */
function readInput(): Readonly<Record<string, unknown>> {
  const input = parseJson(place.peek().query.get('input') ?? '')
  return isObject(input) ? input : {}
}

/** Says why the tool cannot be called now; null if it can. */
function whyNot({ callable, annotations }: ProjectTool, isConfirmed: boolean): string | null {
  if (!callable) return toolsTexts.notCallable
  return annotations.readOnlyHint || isConfirmed ? null : toolsTexts.confirmFirst
}
