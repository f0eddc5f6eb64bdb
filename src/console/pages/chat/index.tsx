import { useKeys } from '../../app/keys.ts'
import type { PageProps } from '../../app/page-props.ts'
import { navigate, place } from '../../app/router.ts'
import { Conversation } from './conversation.tsx'
import { NewChat } from './new-chat.tsx'
import { SessionList } from './session-list.tsx'
import { chatTexts as texts } from './texts.ts'

/** Conversations with the agents: all of them beside the one that is open. */
export default function ChatPage(_: PageProps) {
  const { query } = place.value
  const session = query.get('session')
  useKeys([
    { keys: 'n', label: texts.keys.fresh, run: () => navigate('/chat') },
    {
      keys: 'i',
      label: texts.keys.write,
      run: () => document.querySelector<HTMLElement>('.composer textarea')?.focus(),
    },
  ])
  return (
    <div class={query.has('list') ? 'chat list' : 'chat'}>
      <h1 class="unseen">{texts.title}</h1>
      <SessionList open={session} />
      <section class="conversation" aria-label={texts.title}>
        {session === null ? <NewChat /> : <Conversation key={session} sessionId={session} />}
      </section>
    </div>
  )
}
