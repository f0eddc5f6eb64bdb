export {
  hostOpenAiAgent as hostAgent,
  type HostedRun,
  type OpenAiAgent,
  type OpenAiAgentOptions,
} from './host-openai-agent.ts'
export type { HostedOptions } from '../shared/hosted-agent.ts'
