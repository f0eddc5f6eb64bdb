import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import type { Route } from '../../http/route.ts'

/** Names a protocol, and says which routes it has in a studio with these agents. */
export function makeProtocol(name: string, serve: (module: AgentsModule) => Route[]): Protocol {
  return Object.freeze({ name, serve })
}
