import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { about } from '../../app/about.ts'
import { Button } from '../../parts/button.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { Composer, type Draft } from './composer.tsx'
import { storedEntries, useConversation, useOlder } from './conversation-data.ts'
import { EntryView } from './entry-view.tsx'
import { LiveRun } from './live-turn.tsx'
import { rememberSent, startRun } from './sending.ts'
import { SessionHead } from './session-head.tsx'
import { chatTexts as texts } from './texts.ts'

/** How many entries are shown before a click; the newest ones. */
const shownFirst = 200

/** One conversation: what was said, what is being said, and where to answer. */
export function Conversation({ sessionId }: { readonly sessionId: string }) {
  const { runs, reading, session, live } = useConversation(sessionId)
  const older = useOlder(session)
  const [shown, setShown] = useState(shownFirst)
  const frame = useStickToEnd(live.length > 0)
  if (!session) {
    return reading.error === null ? (
      <Loading lines={6} />
    ) : (
      <Failure error={reading.error} onRetry={reading.reload} />
    )
  }
  const agent = about.value?.config.agents.find(({ id }) => id === session.agentId)
  const send = async (draft: Draft, key: string) => {
    const run = await startRun({ agentId: session.agentId, sessionId }, draft, key)
    rememberSent(run, draft)
    runs.reload()
  }
  const isStarted = live.some(({ status }) => status !== 'queued')
  const entries = [...older.entries, ...storedEntries(session.transcript, isStarted)]
  const hidden = Math.max(0, entries.length - shown)
  const showEarlier = () => {
    setShown(shown + shownFirst)
    if (hidden === 0) void older.load()
  }
  return (
    <>
      <SessionHead session={session} onChange={reading.reload} />
      <div class="scroll" ref={frame} tabIndex={0} role="log" aria-label={texts.title}>
        <div class="column">
          {(older.hasMore || hidden > 0) && (
            <Button kind="bare" onClick={showEarlier}>
              {texts.earlier}
            </Button>
          )}
          {older.error !== null && <Failure error={older.error} />}
          {entries.length === 0 && live.length === 0 && <p class="quiet">{texts.empty}</p>}
          {entries.slice(hidden).map((entry, index) => (
            <EntryView key={index + hidden - entries.length} entry={entry} />
          ))}
          {live.map((run) => (
            <LiveRun key={run.id} run={run} onEnd={runs.reload} />
          ))}
          {runs.error !== null && runs.data === null && (
            <Failure error={runs.error} onRetry={runs.reload} />
          )}
        </div>
      </div>
      {agent && <Composer agent={agent} onSend={send} />}
    </>
  )
}

/** Shows the end at first, and keeps it in sight while it grows, unless the reader has scrolled up. */
function useStickToEnd(isLive: boolean) {
  const frame = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useLayoutEffect(() => {
    const element = frame.current
    const inner = element?.firstElementChild
    if (!element || !inner) return
    const read = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 80
    }
    const follow = () => {
      if (isAtEnd.current) element.scrollTop = element.scrollHeight
    }
    const observer = new ResizeObserver(follow)
    observer.observe(inner)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  })
  useLayoutEffect(() => {
    if (isLive && frame.current) isAtEnd.current = true
  }, [isLive])
  return frame
}
