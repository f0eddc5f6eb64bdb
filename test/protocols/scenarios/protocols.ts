import { a2a, agUi, aiSdkUi, mcpAgents, openai } from '../../../src/protocols.ts'

/** All protocols that a studio can serve. */
export const everyProtocol = () => [a2a(), agUi(), aiSdkUi(), mcpAgents(), openai()]
