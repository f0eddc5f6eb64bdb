export { type AiSdkAgent, hostAgent, type HostOptions } from './host-agent.ts'
