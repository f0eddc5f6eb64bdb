import { useState } from 'preact/hooks'
import type { RawAnswer } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { setQuery } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { CallButtons, CallAnswer, useCall } from '../../parts/forms/call.tsx'
import { findFaults, isObject, type Schema } from '../../parts/forms/json-schema.ts'
import { JsonView, parseJson } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { SchemaForm } from '../../parts/forms/schema-form.tsx'
import { texts } from '../../texts.ts'
import type { ApiRoute } from './operations.ts'
import { fillPath, type Values } from './languages.ts'
import { apiTexts } from './texts.ts'

/** The parameters of a route that reads, a button that sends it, and what came back. */
export function TryIt({ route, values }: { readonly route: ApiRoute; readonly values: Values }) {
  const [isTried, setTried] = useState(false)
  const call = useCall<RawAnswer>()
  const schema = schemaOf(route)
  const faults = findFaults(schema, values)
  return (
    <form
      class="call-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (call.isBusy || faults.size > 0) return
        call.start((signal) => client.read(fillPath(route, values), { signal }))
      }}
    >
      {Object.keys(schema.properties ?? {}).length > 0 && (
        <SchemaForm
          schema={schema}
          value={values}
          faults={isTried ? faults : new Map()}
          onChange={(next) => setQuery(toQuery(schema, next))}
        />
      )}
      <CallButtons call={call} label={apiTexts.send}>
        <code>
          GET <Name text={fillPath(route, values)} />
        </code>
      </CallButtons>
      <CallAnswer call={call}>
        {(answer, took) => <AnswerView answer={answer} took={took} />}
      </CallAnswer>
    </form>
  )
}

/** Describes the parameters of the path and the query, which are all texts in an address. */
function schemaOf({ operation: { parameters = [] } }: ApiRoute): Schema {
  const typed = parameters.filter(({ in: where }) => where === 'path' || where === 'query')
  const properties = typed.map(({ name, description, schema, example }): [string, Schema] => {
    const choices = schema?.['enum']
    return [
      name,
      {
        type: 'string',
        ...(description === undefined ? {} : { description }),
        ...(Array.isArray(choices) ? { enum: choices.map(String) } : {}),
        ...(example === undefined ? {} : { examples: [String(example)] }),
      },
    ]
  })
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: typed.flatMap(({ name, required }) => (required ? [name] : [])),
  }
}

function toQuery({ properties = {} }: Schema, values: unknown): Record<string, string | null> {
  const given = isObject(values) ? values : {}
  return Object.fromEntries(
    Object.keys(properties).map((name) => {
      const value = given[name]
      return [`p.${name}`, typeof value === 'string' ? value : null]
    }),
  )
}

function AnswerView({ answer, took }: { readonly answer: RawAnswer; readonly took: string }) {
  const { status, contentType, text } = answer
  const parsed = contentType.includes('application/json') ? parseJson(text) : undefined
  return (
    <>
      <p>
        <Badge tone="good">{String(status)}</Badge>{' '}
        <span class="quiet">
          {took} · <Name text={contentType} max={60} /> · {texts.characters(text.length)}
        </span>
      </p>
      {parsed === undefined ? (
        <PlainText text={text} code />
      ) : (
        <JsonView value={parsed} depth={3} />
      )}
    </>
  )
}
