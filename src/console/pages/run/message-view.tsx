import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { TraceDetail } from '../../../client.ts'
import { Icon } from '../../parts/icon.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Markdown } from '../../parts/markdown.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { runTexts } from './texts.ts'

/** A message as the API shows it. */
export type ShownMessage = TraceDetail['input']['prompt']

type Part = Exclude<ShownMessage['content'], string>[number]

/** A message of a conversation with its parts. */
export function MessageView({ message }: { readonly message: ShownMessage }) {
  const { role, content } = message
  if (typeof content === 'string') {
    return (
      <section class="message system">
        <h3>{runTexts.system}</h3>
        <PlainText text={content} />
      </section>
    )
  }
  const title = {
    user: runTexts.user,
    assistant: runTexts.assistant,
    tool: runTexts.result,
    system: '',
  }
  return (
    <section class={`message ${role}`}>
      <h3>{title[role]}</h3>
      <Parts parts={content} isPlain={role === 'user'} />
    </section>
  )
}

/** The parts of a message; what a person wrote is shown as it is. */
export function Parts({
  parts,
  isPlain = false,
}: {
  readonly parts: readonly Part[]
  readonly isPlain?: boolean
}) {
  return (
    <>
      {parts.map((part, index) => (
        <PartView key={index} part={part} isPlain={isPlain} />
      ))}
    </>
  )
}

function PartView({ part, isPlain }: { readonly part: Part; readonly isPlain: boolean }) {
  switch (part.type) {
    case 'text':
      return isPlain ? <PlainText text={part.text} /> : <Markdown text={part.text} />
    case 'reasoning':
      return (
        <Fold title={runTexts.reasoning}>
          <PlainText text={part.text} />
        </Fold>
      )
    case 'tool_call':
      return (
        <div class="call">
          <Icon name="tool" /> <Name text={part.function.name} max={80} />
          <JsonView value={part.function.arguments} />
        </div>
      )
    case 'tool_result':
      return <ResultItems items={part.content} />
    default:
      return <FileView part={part} />
  }
}

function ResultItems({
  items,
}: {
  readonly items: Extract<Part, { type: 'tool_result' }>['content']
}) {
  return (
    <>
      {items.map((item, index) =>
        item.type === 'text' ? (
          <PlainText key={index} text={item.text} code />
        ) : (
          <FileLabel key={index} name={`${runTexts.image} ${item.mediaType ?? ''}`} />
        ),
      )}
    </>
  )
}

/** An image of the message itself is shown; one of an address is a link, because asking for it would tell who reads. */
function FileView({ part }: { readonly part: Extract<Part, { type: 'image' | 'document' }> }) {
  const { source } = part
  if (source.type === 'url') {
    const isLink = /^https?:\/\//.test(source.url)
    return isLink ? (
      <a class="file" href={source.url} target="_blank" rel="noopener noreferrer">
        <Icon name="link" /> <Name text={source.url} max={80} />
      </a>
    ) : (
      <FileLabel name={part.type === 'image' ? runTexts.image : runTexts.file} />
    )
  }
  if (source.type === 'text') return <PlainText text={source.text} />
  if (part.type === 'image' && /^image\/(png|jpeg|gif|webp)$/.test(source.mediaType)) {
    return (
      <img
        class="picture"
        alt={runTexts.image}
        src={`data:${source.mediaType};base64,${source.data}`}
      />
    )
  }
  const name =
    'filename' in source && source.filename !== undefined ? source.filename : runTexts.file
  return <FileLabel name={`${name} · ${source.mediaType}`} />
}

function FileLabel({ name }: { readonly name: string }) {
  return (
    <span class="file">
      <Icon name="copy" /> <Name text={name} max={80} />
    </span>
  )
}

/** Something that opens on a click. What is in it is made when it opens. */
export function Fold({
  title,
  open = false,
  children,
}: {
  readonly title: ComponentChildren
  readonly open?: boolean
  readonly children: ComponentChildren
}) {
  const [isOpen, setOpen] = useState(open)
  return (
    <details
      class="fold"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>{title}</summary>
      {isOpen && children}
    </details>
  )
}
