/** @jsxImportSource react */
'use client'
import { useChat } from '@ai-sdk/react'
import {
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  type UIMessage,
} from 'ai'
import { useEffect, useState } from 'react'
import { ToolCall } from './tool-call.tsx'

const api = '/internal/agents/support/chat'
// `?sdk=7` with AI SDK 7, which takes back what a lost process wrote.
const transport = new DefaultChatTransport({ api: `${api}?sdk=6` })

async function loadMessages(id: string): Promise<UIMessage[]> {
  const response = await fetch(`${api}/${encodeURIComponent(id)}?sdk=6`)
  if (!response.ok) throw new Error(`The messages could not be loaded: ${response.status}`)
  const { messages } = (await response.json()) as { messages: UIMessage[] }
  return messages
}

/** A chat with the agent `support`: what is stored of it, and what is being written. */
export function Conversation({ id }: { readonly id: string }) {
  const [text, setText] = useState('')
  const { messages, setMessages, status, error, stop, ...chat } = useChat({
    id,
    transport,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  })
  const reload = async () => {
    setMessages(await loadMessages(id))
    await chat.resumeStream()
  }
  useEffect(() => {
    reload().catch(console.error)
  }, [id])
  const isBusy = status === 'submitted' || status === 'streaming'
  return (
    <main>
      {messages.map((message) => (
        <article key={message.id}>
          {message.parts.map((part, index) => {
            if (part.type === 'text') return <p key={index}>{part.text}</p>
            if (part.type !== 'dynamic-tool') return null
            return <ToolCall key={index} part={part} answer={chat.addToolApprovalResponse} />
          })}
        </article>
      ))}
      {error && <button onClick={() => void reload()}>{error.message} Load again</button>}
      {isBusy && <button onClick={() => void cancelRun(messages, stop)}>Stop</button>}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setText('')
          void chat.sendMessage({ text })
        }}
      >
        <input value={text} onChange={({ target }) => setText(target.value)} />
      </form>
    </main>
  )
}

/** `stop` leaves the stream; the run goes on unless it is cancelled, or the agent has `onDisconnect: 'cancel'`. */
async function cancelRun(messages: readonly UIMessage[], stop: () => Promise<void>): Promise<void> {
  const last = messages.at(-1)
  if (last?.role === 'assistant')
    await fetch(`/internal/runs/${last.id}/cancel`, { method: 'POST' })
  else await stop()
}
