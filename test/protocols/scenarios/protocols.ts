import { a2a, agUi, aiSdkUi, mcpAgents, openai } from '../../../src/protocols.ts'

/** All protocols that a studio can serve. Clients of A2A may have notifications sent to the origin. */
export const everyProtocol = (pushOrigin = 'http://push.test') => [
  a2a({ push: { origins: [pushOrigin] } }),
  agUi(),
  aiSdkUi(),
  mcpAgents(),
  openai(),
]
