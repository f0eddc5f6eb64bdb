import { useEffect, useRef, useState } from 'preact/hooks'
import { type AgentInfo, StudioClientError } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
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

/** Where a message is written. It is kept until the studio has stored it. */
export function Composer({
  agent,
  initial = '',
  onSend,
}: {
  readonly agent: AgentInfo
  readonly initial?: string
  onSend(draft: Draft, key: string): Promise<void>
}) {
  const [draft, setDraft] = useState<Draft>({ text: initial, files: [], model: '' })
  const [state, setState] = useState({ isBusy: false, problem: '' })
  const [forbidden, setForbidden] = useState<string | null>(null)
  const key = useRef(createKey())
  const field = useRef<HTMLTextAreaElement>(null)
  const limit = useFileLimit(agent.id)
  useEffect(() => {
    if (!isNarrow.peek()) field.current?.focus({ preventScroll: true })
  }, [])
  const change = (part: Partial<Draft>) => {
    key.current = createKey() // another message is another run
    setDraft((before) => ({ ...before, ...part }))
  }
  const say = (problem: string) => setState({ isBusy: false, problem })
  const add = async (chosen: readonly File[]) => {
    try {
      const files = [...draft.files, ...(await Promise.all(chosen.map(readFile)))]
      const size = files.reduce((sum, file) => sum + file.size, 0)
      if (limit !== null && size > limit) return say(texts.tooLarge(formatBytes(limit)))
      change({ files })
      say('')
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
    }
  }
  const send = async () => {
    if (
      state.isBusy ||
      forbidden !== null ||
      (draft.text.trim() === '' && draft.files.length === 0)
    )
      return
    setState({ isBusy: true, problem: '' })
    try {
      await onSend(draft, key.current)
      change({ text: '', files: [] })
      say('')
      field.current?.focus()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (error instanceof StudioClientError && error.status === 403) setForbidden(message)
      say(`${texts.notSent} ${message}`)
    }
  }
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
        {agent.models && (
          <select
            aria-label={texts.model}
            value={draft.model}
            onChange={({ currentTarget }) => change({ model: currentTarget.value })}
          >
            <option value="">{texts.defaultModel}</option>
            {agent.models.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        )}
        <Button kind="main" busy={state.isBusy} why={forbidden} submit>
          {texts.send}
        </Button>
      </div>
    </form>
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
