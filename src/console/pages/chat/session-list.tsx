import { useEffect, useState } from 'preact/hooks'
import type { SessionInfo } from '../../../client.ts'
import { about } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { usePaged } from '../../app/paged.ts'
import { hrefOf, navigate, place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/when.tsx'
import { chatTexts as texts } from './texts.ts'

const refreshMs = 5_000
const typingMs = 200

/** All conversations, the latest changed first, with a search. */
export function SessionList({ open }: { readonly open: string | null }) {
  const search = place.value.query.get('q') ?? ''
  const list = usePaged<SessionInfo>(
    (options) => client.sessions.list({ ...(search === '' ? {} : { search }), ...options }),
    [search],
    refreshMs,
  )
  return (
    <aside class="sessions" aria-label={texts.sessions}>
      <header>
        <h2>{texts.sessions}</h2>
        <Button icon="chat" onClick={() => navigate('/chat')}>
          {texts.fresh}
        </Button>
      </header>
      <SearchField search={search} />
      <Show loaded={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={search === '' ? texts.noSessions : texts.noneFound} icon="chat" />
          ) : (
            <Table
              label={texts.sessions}
              rows={items}
              keyOf={({ id }) => id}
              rowHeight={52}
              isMarked={({ id }) => id === open}
              onEnd={list.more}
              columns={[
                {
                  id: 'session',
                  title: texts.latestFirst,
                  width: 'minmax(0, 1fr)',
                  cell: (session) => <SessionCell session={session} />,
                },
              ]}
            />
          )
        }
      </Show>
    </aside>
  )
}

function SearchField({ search }: { readonly search: string }) {
  const [text, setText] = useState(search)
  useEffect(() => {
    if (text === search) return
    const timer = setTimeout(() => setQuery({ q: text.trim() }), typingMs)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div class="session-search">
      <input
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        maxLength={200}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
    </div>
  )
}

function SessionCell({ session }: { readonly session: SessionInfo }) {
  const { id, title, agentId, updatedAt, messageCount } = session
  const query = new URLSearchParams(place.value.query)
  query.delete('list')
  query.delete('agent')
  query.set('session', id)
  const agent = about.value?.config.agents.find((one) => one.id === agentId)
  return (
    <>
      <a class="row-link call-name" href={hrefOf(`/chat?${query.toString()}`)}>
        <Name text={title ?? texts.untitled} max={120} />
      </a>
      <span class="second">
        <Time at={updatedAt} /> · {texts.messages(messageCount)} ·{' '}
        <Name text={agent?.name ?? agentId} max={40} />
      </span>
    </>
  )
}
