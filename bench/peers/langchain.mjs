// LangChain on LangGraph behind a bare server: its stream of messages in its own encoding of server-sent events.
import { serveBare } from './host.mjs'
import { agent } from './langchain-agent.mjs'

serveBare(async (message, response) => {
  const messages = [{ role: 'user', content: message }]
  const stream = await agent.stream(
    { messages },
    { streamMode: 'messages', encoding: 'text/event-stream', recursionLimit: 50 },
  )
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for await (const chunk of stream) {
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve))
  }
  response.end()
})
