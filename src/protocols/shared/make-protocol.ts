import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import type { Reporter } from '../../agents/reporter.ts'
import type { Route } from '../../http/route.ts'

/** Names a protocol, and says which routes it has in a studio with these agents. */
export function makeProtocol(
  name: string,
  serve: (module: AgentsModule) => Route[],
  reporter?: Reporter,
): Protocol {
  return Object.freeze({ name, serve, ...(reporter ? { reporter } : {}) })
}
