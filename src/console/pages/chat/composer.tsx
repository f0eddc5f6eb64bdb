import { useEffect, useRef, useState } from 'preact/hooks'
import { type AgentInfo, StudioClientError } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { messageOf } from '../../app/message.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { isNarrow } from '../../parts/table.tsx'
import { accepted, type ChatFile, formatBytes, readFile } from './attachments.ts'
import { chatTexts as texts } from './texts.ts'

/** A message as it is written. */
export interface Draft {
  readonly text: string
  readonly files: readonly ChatFile[]
  /** The name of a model of the agent; empty for its default. */
  readonly model: string
}

const createKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-')

interface ComposerProps {
  readonly agent: AgentInfo
  readonly initial?: string
  onSend(draft: Draft, key: string): Promise<void>
}

/** Where a message is written. It is kept until the studio has stored it. */
export function Composer(props: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const { agent } = props
  const limit = useFileLimit(agent.id)
  const { draft, state, change, add, send } = useDraft(props, limit)
  useEffect(() => {
    if (!isNarrow.peek()) field.current?.focus({ preventScroll: true })
  }, [])
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void add([...(event.dataTransfer?.files ?? [])])
      }}
    >
      {state.problem !== '' && (
        <p class="problem" role="alert">
          {state.problem}
        </p>
      )}
      <FileList files={draft.files} onChange={(files) => change({ files })} />
      <textarea
        ref={field}
        rows={Math.min(8, Math.max(2, draft.text.split('\n').length))}
        aria-label={texts.message}
        placeholder={texts.hint}
        dir="auto"
        value={draft.text}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        onPaste={({ clipboardData }) => {
          const files = [...(clipboardData?.files ?? [])]
          if (files.length > 0) void add(files)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') field.current?.blur() // so that single keys work again
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          void send()
        }}
      />
      <div class="composer-foot">
        <AttachButton limit={limit} onFiles={(files) => void add(files)} />
        <ModelChoice agent={agent} model={draft.model} onChange={(model) => change({ model })} />
        <Button kind="main" busy={state.isBusy} why={state.forbidden} submit>
          {texts.send}
        </Button>
      </div>
    </form>
  )
}

const nothing = { isBusy: false, problem: '', forbidden: null as string | null }

/** The message as it is written, and what happens to it. */
function useDraft({ initial = '', onSend }: ComposerProps, limit: number | null) {
  const [draft, setDraft] = useState<Draft>({ text: initial, files: [], model: '' })
  const [state, setState] = useState(nothing)
  const key = useRef(createKey())
  const change = (part: Partial<Draft>) => {
    key.current = createKey() // another message is another run
    setDraft((before) => ({ ...before, ...part }))
  }
  const say = (problem: string) => setState({ ...nothing, problem })
  const add = async (chosen: readonly File[]) => {
    try {
      const files = [...draft.files, ...(await Promise.all(chosen.map(readFile)))]
      const size = files.reduce((sum, file) => sum + file.size, 0)
      if (limit !== null && size > limit) return say(texts.tooLarge(formatBytes(limit)))
      change({ files })
      say('')
    } catch (error) {
      say(messageOf(error))
    }
  }
  const send = async () => {
    const isEmpty = draft.text.trim() === '' && draft.files.length === 0
    if (isEmpty || state.isBusy || state.forbidden !== null) return
    setState({ ...nothing, isBusy: true })
    try {
      await onSend(draft, key.current)
      change({ text: '', files: [] })
      say('')
    } catch (error) {
      const problem = `${texts.notSent} ${messageOf(error)}`
      const isForbidden = error instanceof StudioClientError && error.status === 403
      setState({ ...nothing, problem, forbidden: isForbidden ? messageOf(error) : null })
    }
  }
  return { draft, state, change, add, send }
}

function ModelChoice({
  agent: { models },
  model,
  onChange,
}: {
  readonly agent: AgentInfo
  readonly model: string
  onChange(model: string): void
}) {
  if (!models) return null
  return (
    <select
      aria-label={texts.model}
      value={model}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{texts.defaultModel}</option>
      {models.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  )
}

/** How much the files of a message may have together, in bytes; null until it is known. */
function useFileLimit(agentId: string): number | null {
  const { data } = useLoaded((signal) => client.agents.runtime(agentId, { signal }), [agentId])
  return data?.limits.attachmentBytes ?? null
}

function AttachButton({
  limit,
  onFiles,
}: {
  readonly limit: number | null
  onFiles(files: readonly File[]): void
}) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button icon="attach" label={texts.attach} onClick={() => input.current?.click()} />
      <input
        ref={input}
        type="file"
        class="unseen"
        tabIndex={-1}
        aria-label={texts.attach}
        multiple
        accept={accepted}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          currentTarget.value = '' // so that the same file can be chosen again
        }}
      />
      <span class="quiet limit">{limit !== null && texts.limit(formatBytes(limit))}</span>
    </>
  )
}

function FileList({
  files,
  onChange,
}: {
  readonly files: readonly ChatFile[]
  onChange(files: readonly ChatFile[]): void
}) {
  if (files.length === 0) return null
  return (
    <ul class="files">
      {files.map((file, index) => (
        <li key={index} class="file">
          <Icon name="attach" />
          <Name text={file.name} max={40} /> <span class="quiet">{formatBytes(file.size)}</span>
          <Button
            kind="bare"
            icon="close"
            label={texts.remove(file.name)}
            onClick={() => onChange(files.filter((one) => one !== file))}
          />
        </li>
      ))}
    </ul>
  )
}
