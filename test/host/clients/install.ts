import { fileURLToPath } from 'node:url'
import type { LangGraphAgent, LangGraphOptions } from '../../../src/host/langgraph/index.ts'
import { loadInstalled } from '../../support/installed.ts'

/** A class whose instances are read by their shape. */
type Constructor<Instance = object> = new (...given: never[]) => Instance

/** A message of LangChain, as far as the tests read it. */
export interface LangChainMessage {
  readonly content: unknown
  getType(): string
}

/** What `load.mjs` exports, as far as the tests use it. */
export interface Frameworks {
  createAgent(settings: object): LangGraphAgent
  humanInTheLoopMiddleware(settings: object): object
  tool(execute: (input: never) => unknown, settings: object): object
  readonly Command: LangGraphOptions['Command']
  interrupt(value: unknown): unknown
  readonly MemorySaver: LangGraphOptions['MemorySaver']
  readonly MessagesAnnotation: object
  readonly StateGraph: new (state: object) => GraphBuilder
  readonly BaseChatModel: new (settings: object) => object
  readonly AIMessage: new (fields: object | string) => LangChainMessage
  readonly AIMessageChunk: new (fields: object) => LangChainMessage
  readonly ChatGenerationChunk: new (fields: object) => object
  readonly MastraAgent: new (settings: object) => object
  readonly Mastra: new (settings: object) => { getAgent(name: string): object }
  readonly InMemoryStore: Constructor
  createTool(settings: object): object
}

/** The builder of a graph, as far as the tests use it. */
export interface GraphBuilder {
  addNode(name: string, run: (state: { messages: LangChainMessage[] }) => unknown): GraphBuilder
  addEdge(from: string, to: string): GraphBuilder
  compile(): LangGraphAgent
}

/** Installs the frameworks of `package-lock.json` once, outside of the project, and loads them. */
export async function installFrameworks(): Promise<Frameworks> {
  const source = fileURLToPath(new URL('.', import.meta.url))
  return (await loadInstalled(source, 'hosted-frameworks')) as Frameworks
}
