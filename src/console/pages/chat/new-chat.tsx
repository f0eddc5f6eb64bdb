import { useState } from 'preact/hooks'
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
  if (!agent) return <Empty title={texts.noSessions} icon="agent" />
  const send = async (draft: Draft, key: string) => {
    const [title = ''] = draft.text.trim().split('\n')
    const session = await client.sessions.create({
      agentId: agent.id,
      ...(title === '' ? {} : { title: title.slice(0, titleLength) }),
    })
    const to = `/chat?session=${encodeURIComponent(session.id)}`
    try {
      rememberSent(await startRun({ agentId: agent.id, sessionId: session.id }, draft, key), draft)
    } catch (error) {
      await client.sessions.delete(session.id).catch(() => undefined) // an empty one helps nobody
      throw error
    }
    navigate(to)
  }
  return (
    <>
      <header class="page-head">
        <SessionsButton />
        <h2>{texts.fresh}</h2>
        {agents.length > 1 && (
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
        )}
      </header>
      <div class="scroll greeting">
        <h3>
          {texts.greeting('')}
          <Name text={agent.name} max={80} />
        </h3>
        {agent.description !== undefined && (
          <div class="quiet">
            <PlainText text={agent.description} />
          </div>
        )}
        {agent.quickPrompts.length > 0 && (
          <ul class="prompts" aria-label={texts.prompts}>
            {agent.quickPrompts.slice(0, 12).map((prompt) => (
              <li key={prompt}>
                <Button onClick={() => setGiven({ text: prompt, times: given.times + 1 })}>
                  <Name text={prompt} max={120} />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Composer
        key={`${agent.id} ${given.times}`}
        agent={agent}
        initial={given.text}
        onSend={send}
      />
    </>
  )
}
