export {
  hostMastraAgent as hostAgent,
  type MastraAgent,
  type MastraOptions,
  type MastraRun,
} from './host-mastra-agent.ts'
export type { HostedOptions } from '../shared/hosted-agent.ts'
