import { useRef, useState } from 'preact/hooks'
import { type AgentInfo, StudioClientError } from '../../../client.ts'
import { about } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { navigate, place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { Composer, type Draft } from './composer.tsx'
import { rememberSent, startRun } from './sending.ts'
import { SessionsButton } from './session-head.tsx'
import { chatTexts as texts } from './texts.ts'

const titleLength = 80

/** The beginning of a conversation: an agent, its prompts, and the first message. */
export function NewChat() {
  const agents = about.value?.config.agents ?? []
  const asked = place.value.query.get('agent')
  const agent = agents.find(({ id }) => id === asked) ?? agents[0]
  const [given, setGiven] = useState({ text: '', times: 0 })
  const begin = useBeginning(agent?.id ?? '')
  if (!agent) return <Empty title={texts.noSessions} icon="agent" />
  return (
    <>
      <header class="page-head">
        <SessionsButton />
        <h2>{texts.fresh}</h2>
        {agents.length > 1 && <AgentChoice agents={agents} agent={agent} />}
      </header>
      <Greeting agent={agent} onChoose={(text) => setGiven({ text, times: given.times + 1 })} />
      <Composer
        key={`${agent.id} ${given.times}`}
        agent={agent}
        initial={given.text}
        onSend={begin}
      />
    </>
  )
}

/**
 * Creates the conversation and its first run. When nobody knows whether the run was stored, the conversation is kept, so that
 * the same message leads to the same run.
 */
function useBeginning(agentId: string) {
  const kept = useRef({ key: '', sessionId: '' })
  return async (draft: Draft, key: string) => {
    const [title = ''] = draft.text.trim().split('\n')
    if (kept.current.key !== key) {
      const titled = title === '' ? {} : { title: title.slice(0, titleLength) }
      const { id } = await client.sessions.create({ agentId, ...titled })
      kept.current = { key, sessionId: id }
    }
    const { sessionId } = kept.current
    try {
      rememberSent(await startRun({ agentId, sessionId }, draft, key), draft)
    } catch (error) {
      const isRefused = error instanceof StudioClientError && (error.status ?? 500) < 500
      if (isRefused) {
        kept.current = { key: '', sessionId: '' }
        await client.sessions.delete(sessionId).catch(() => undefined) // an empty one helps nobody
      }
      throw error
    }
    navigate(`/chat?session=${encodeURIComponent(sessionId)}`)
  }
}

function AgentChoice({
  agents,
  agent,
}: {
  readonly agents: readonly AgentInfo[]
  readonly agent: AgentInfo
}) {
  return (
    <span class="push">
      <select
        aria-label={texts.agent}
        value={agent.id}
        onChange={({ currentTarget }) => setQuery({ agent: currentTarget.value })}
      >
        {agents.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </span>
  )
}

function Greeting({
  agent: { name, description, quickPrompts },
  onChoose,
}: {
  readonly agent: AgentInfo
  onChoose(prompt: string): void
}) {
  return (
    <div class="scroll greeting">
      <h3>
        {texts.greeting('')}
        <Name text={name} max={80} />
      </h3>
      {description !== undefined && (
        <div class="quiet">
          <PlainText text={description} />
        </div>
      )}
      {quickPrompts.length > 0 && (
        <ul class="prompts" aria-label={texts.prompts}>
          {quickPrompts.slice(0, 12).map((prompt) => (
            <li key={prompt}>
              <Button onClick={() => onChoose(prompt)}>
                <Name text={prompt} max={120} />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
