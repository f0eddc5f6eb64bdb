import { useState } from 'preact/hooks'
import type { SessionInfo } from '../../../client.ts'
import { about } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { hrefOf, navigate, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { toast, toastError } from '../../parts/toast.tsx'
import { texts as shared } from '../../texts.ts'
import { chatTexts as texts } from './texts.ts'

/** Shows the list of conversations, where there is no room for it. */
export function SessionsButton() {
  return (
    <span class="only-narrow">
      <Button
        kind="bare"
        icon="menu"
        label={texts.showSessions}
        onClick={() => setQuery({ list: '1' })}
      />
    </span>
  )
}

/** The title of a conversation, and what can be done with it. */
export function SessionHead({
  session,
  onChange,
}: {
  readonly session: SessionInfo
  onChange(): void
}) {
  const [asked, setAsked] = useState<'rename' | 'delete' | null>(null)
  const { id, agentId, title } = session
  const agent = about.value?.config.agents.find((one) => one.id === agentId)
  const close = () => setAsked(null)
  return (
    <header class="page-head">
      <SessionsButton />
      <h2 class="session-title">
        <Name text={title ?? texts.untitled} max={120} />
      </h2>
      <span class="quiet">
        <Name text={agent?.name ?? agentId} max={60} />
      </span>
      <span class="push actions">
        <a class="button bare" href={hrefOf(`/runs?session=${encodeURIComponent(id)}`)}>
          {shared.pages.runs}
        </a>
        <Button kind="bare" onClick={() => setAsked('rename')}>
          {texts.rename}
        </Button>
        <Button kind="bare" onClick={() => setAsked('delete')}>
          {texts.delete}
        </Button>
      </span>
      {asked === 'rename' && <Rename session={session} onClose={close} onDone={onChange} />}
      {asked === 'delete' && <Delete session={session} onClose={close} />}
    </header>
  )
}

function Rename({
  session,
  onClose,
  onDone,
}: {
  readonly session: SessionInfo
  onClose(): void
  onDone(): void
}) {
  const [title, setTitle] = useState(session.title ?? '')
  const [isBusy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      await client.sessions.update(session.id, { title: title.trim() || null })
      onDone()
      onClose()
    } catch (error) {
      toastError(error)
      setBusy(false)
    }
  }
  return (
    <Dialog title={texts.rename} onClose={onClose}>
      <form
        class="decide"
        onSubmit={(event) => {
          event.preventDefault()
          if (!isBusy) void save()
        }}
      >
        <label>
          {texts.name}
          <input
            autofocus
            maxLength={1_000}
            value={title}
            onInput={({ currentTarget }) => setTitle(currentTarget.value)}
          />
        </label>
        <footer>
          <Button onClick={onClose}>{shared.cancel}</Button>
          <Button kind="main" busy={isBusy} submit>
            {texts.save}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

function Delete({ session, onClose }: { readonly session: SessionInfo; onClose(): void }) {
  const [isBusy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    try {
      await client.sessions.delete(session.id)
      toast(texts.deleted)
      navigate('/chat', { replace: true })
    } catch (error) {
      toastError(error)
      onClose()
    }
  }
  return (
    <Dialog title={texts.deleteTitle} onClose={onClose}>
      <p>{texts.deleteHint}</p>
      <footer>
        <Button onClick={onClose}>{shared.cancel}</Button>
        <Button kind="danger" busy={isBusy} onClick={() => void remove()}>
          {texts.delete}
        </Button>
      </footer>
    </Dialog>
  )
}
