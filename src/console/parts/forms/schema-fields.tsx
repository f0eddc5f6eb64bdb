import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { texts } from '../../texts.ts'
import { Button } from '../button.tsx'
import { parseInline } from '../inline.tsx'
import { type Faults, type Schema, unreadable } from './json-schema.ts'
import { Name, PlainText, splitUnseen } from '../plain-text.tsx'

/** A form for a JSON value. It has no state: the value and what is wrong with it come from outside. */
export interface SchemaFormProps {
  readonly schema: Schema
  readonly value: unknown
  readonly faults: Faults
  readonly isReadOnly?: boolean
  onChange(value: unknown): void
}

/** A field of the form, and which member of the value it is. */
export interface FieldProps extends SchemaFormProps {
  readonly path: string
  readonly name: string
  readonly isNeeded: boolean
}

/** Texts longer than this are shown as text, and become a field on a click. */
const longText = 20_000

/** Descriptions longer than this are shown as they are. */
const longestHint = 2_000

const idOf = (path: string) => `field-${path || 'value'}`

function Frame({
  field,
  children,
}: {
  readonly field: FieldProps
  readonly children: ComponentChildren
}) {
  const { path, name, schema, faults, isNeeded } = field
  const fault = faults.get(path)
  return (
    <div class={fault === undefined ? 'field' : 'field faulty'}>
      <label for={idOf(path)}>
        <Name text={name} max={80} />
        {!isNeeded && <span class="quiet"> {texts.form.optional}</span>}
      </label>
      {children}
      {schema.description !== undefined && <Hint text={schema.description} />}
      {fault !== undefined && (
        <p class="problem" id={`${idOf(path)}-fault`}>
          {name} {fault}
        </p>
      )}
    </div>
  )
}

function Hint({ text }: { readonly text: string }) {
  return (
    <div class="quiet hint">
      {text.length > longestHint ? <PlainText text={text} /> : parseInline(text)}
    </div>
  )
}

function attributesOf({ schema, path, faults, isReadOnly = false }: FieldProps) {
  const isFaulty = faults.has(path)
  const example = schema.examples?.[0] ?? schema.default
  return {
    placeholder: typeof example === 'string' ? example : JSON.stringify(example),
    id: idOf(path),
    readOnly: isReadOnly,
    'aria-invalid': isFaulty || undefined,
    'aria-describedby': isFaulty ? `${idOf(path)}-fault` : undefined,
    spellcheck: false,
    autocomplete: 'off',
  } as const
}

/** A text on one line, or on several when it is long. */
export function TextField(props: FieldProps) {
  const { value, isNeeded, onChange, schema } = props
  const text = typeof value === 'string' ? value : ''
  const [isOpen, setOpen] = useState(false)
  if (text.length > longText && !isOpen) {
    return (
      <Frame field={props}>
        <div id={idOf(props.path)} class="long-text">
          <PlainText text={text} />
        </div>
        {!props.isReadOnly && <Button onClick={() => setOpen(true)}>{texts.form.edit}</Button>}
      </Frame>
    )
  }
  const change = (next: string) => onChange(next === '' && !isNeeded ? undefined : next)
  const isLong = text.length > 80 || text.includes('\n') || (schema.maxLength ?? 0) > 200
  const hidden = splitUnseen(text).some(({ isName }) => isName)
  return (
    <Frame field={props}>
      {isLong ? (
        <textarea
          {...attributesOf(props)}
          rows={Math.min(12, text.split('\n').length + 2)}
          dir="auto"
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      ) : (
        <input
          {...attributesOf(props)}
          dir="auto"
          value={text}
          onInput={({ currentTarget }) => change(currentTarget.value)}
        />
      )}
      {hidden && (
        <div class="hidden-text">
          {texts.form.hidden} <PlainText text={text.slice(0, 2_000)} />
        </div>
      )}
    </Frame>
  )
}

/** What is no number yet stays a text in the value, so that the check finds it. */
export function NumberField(props: FieldProps) {
  const { value, onChange } = props
  const shown = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  const [text, setText] = useState(shown)
  useEffect(() => {
    if (toNumber(text) !== value) setText(shown)
  }, [value])
  return (
    <Frame field={props}>
      <input
        {...attributesOf(props)}
        inputMode="decimal"
        class="number"
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          onChange(toNumber(currentTarget.value))
        }}
      />
    </Frame>
  )
}

function toNumber(text: string): number | string | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  return Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
}

/** A choice between yes and no. */
export function SwitchField(props: FieldProps) {
  const { value, isReadOnly = false, onChange, path } = props
  return (
    <Frame field={props}>
      <input
        id={idOf(path)}
        type="checkbox"
        checked={value === true}
        disabled={isReadOnly}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </Frame>
  )
}

/** A choice from the values that the schema allows. */
export function ChoiceField(props: FieldProps) {
  const { schema, value, isReadOnly = false, isNeeded, onChange, path } = props
  const choices = schema.enum ?? []
  const chosen = choices.indexOf(value)
  return (
    <Frame field={props}>
      <select
        id={idOf(path)}
        disabled={isReadOnly}
        value={String(chosen)}
        onChange={({ currentTarget }) => onChange(choices[Number(currentTarget.value)])}
      >
        {(chosen < 0 || !isNeeded) && (
          <option value="-1">{value === undefined ? '' : JSON.stringify(value)}</option>
        )}
        {choices.map((choice, index) => (
          <option key={index} value={String(index)}>
            {String(choice)}
          </option>
        ))}
      </select>
    </Frame>
  )
}

/** A value as JSON, where no other field fits. */
export function JsonField(props: FieldProps) {
  const { value, onChange } = props
  const isBroken = value === unreadable
  const shown = value === undefined || isBroken ? '' : JSON.stringify(value, null, 2)
  const [text, setText] = useState(shown)
  useEffect(() => {
    if (!isBroken && JSON.stringify(read(text)?.value) !== JSON.stringify(value)) setText(shown)
  }, [shown, isBroken])
  if (shown.length > longText) {
    return (
      <Frame field={props}>
        <div id={idOf(props.path)} class="long-text">
          <PlainText text={shown} code />
        </div>
      </Frame>
    )
  }
  return (
    <Frame field={props}>
      <textarea
        {...attributesOf(props)}
        class="mono"
        rows={Math.min(14, Math.max(2, text.split('\n').length))}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          const parsed = read(currentTarget.value)
          onChange(parsed ? parsed.value : unreadable)
        }}
      />
    </Frame>
  )
}

function read(text: string): { readonly value: unknown } | null {
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}
