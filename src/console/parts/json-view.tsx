import { useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { Button, CopyButton } from './button.tsx'
import { PlainText, Name } from './plain-text.tsx'

/** How many members of a list or an object are shown at a time. */
const pageSize = 100

/** A JSON value as a tree that opens on a click. Names and texts in it are shown as text, whatever they hold. */
export function JsonView({
  value,
  depth = 2,
}: {
  readonly value: unknown
  readonly depth?: number
}) {
  return (
    <div class="json">
      <CopyButton text={JSON.stringify(value, null, 2) ?? ''} />
      <Root value={value} depth={depth} />
    </div>
  )
}

/** The members of the whole value need no fold. */
function Root({ value, depth }: { readonly value: unknown; readonly depth: number }) {
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    return <Value value={value} depth={depth} />
  }
  return <List members={Object.entries(value)} depth={depth} />
}

/** Shows a text as a JSON tree if it is JSON, else as it is. */
export function JsonText({ text }: { readonly text: string }) {
  const parsed = parseJson(text)
  return parsed === undefined || typeof parsed === 'string' ? (
    <PlainText text={parsed ?? text} code />
  ) : (
    <JsonView value={parsed} />
  )
}

/** Parses JSON; undefined for a text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function Value({ value, depth }: { readonly value: unknown; readonly depth: number }) {
  if (typeof value === 'string')
    return (
      <span class="json-text">
        <PlainText text={value} />
      </span>
    )
  if (typeof value !== 'object' || value === null)
    return <span class="json-value">{String(value)}</span>
  const isList = Array.isArray(value)
  const members = Object.entries(value)
  if (members.length === 0) return <span class="json-value">{isList ? '[]' : '{}'}</span>
  return <Members members={members} isList={isList} depth={depth} />
}

function Members({
  members,
  isList,
  depth,
}: {
  readonly members: readonly (readonly [string, unknown])[]
  readonly isList: boolean
  readonly depth: number
}) {
  const [isOpen, setOpen] = useState(depth > 0)
  return (
    <>
      <button
        type="button"
        class="json-fold"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isList ? `[${members.length}]` : `{${members.length}}`}
      </button>
      {isOpen && (
        <div class="json-inner">
          <List members={members} depth={depth} />
        </div>
      )}
    </>
  )
}

function List({
  members,
  depth,
}: {
  readonly members: readonly (readonly [string, unknown])[]
  readonly depth: number
}) {
  const [shown, setShown] = useState(pageSize)
  const rest = members.length - shown
  return (
    <ul>
      {members.slice(0, shown).map(([name, member]) => (
        <li key={name}>
          <span class="json-key">
            <Name text={name} />
          </span>
          <Value value={member} depth={depth - 1} />
        </li>
      ))}
      {rest > 0 && (
        <li>
          <Button kind="bare" onClick={() => setShown(shown + pageSize)}>
            {texts.showMore(Math.min(rest, pageSize))}
          </Button>
        </li>
      )}
    </ul>
  )
}
