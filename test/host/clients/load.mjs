// The frameworks as one module. It runs in the folder where they are installed.
export { createAgent, humanInTheLoopMiddleware, tool } from 'langchain'
export {
  Command,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  StateGraph,
} from '@langchain/langgraph'
export { BaseChatModel } from '@langchain/core/language_models/chat_models'
export { AIMessage, AIMessageChunk } from '@langchain/core/messages'
export { ChatGenerationChunk } from '@langchain/core/outputs'
export { Agent as MastraAgent } from '@mastra/core/agent'
export { Mastra } from '@mastra/core/mastra'
export { InMemoryStore } from '@mastra/core/storage'
export { createTool } from '@mastra/core/tools'
