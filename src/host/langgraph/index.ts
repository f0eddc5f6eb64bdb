export {
  type GraphRun,
  hostGraph as hostAgent,
  type LangGraphAgent,
  type LangGraphOptions,
} from './host-graph.ts'
export type { HostedOptions } from '../shared/hosted-agent.ts'
