import { StudioError } from '../errors.ts'
import { detectRuntime } from '../lib/host-runtime.ts'

/** Where a request comes from: this machine, elsewhere, or null where the host does not tell. */
export type Peer = 'loopback' | 'elsewhere' | null

/**
 * Reads the client's address from what Bun (its server) and Deno (its info) pass as the second argument of `fetch`, also
 * through frameworks that hand it on.
 */
function readPeer(request: Request, env: unknown): Peer {
  if (typeof env !== 'object' || env === null) return null
  try {
    const address = addressOf(request, env)
    if (typeof address !== 'string') return null
    return /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(address) ? 'loopback' : 'elsewhere'
  } catch {
    return null // a binding that only looks like one of theirs
  }
}

function addressOf(request: Request, env: object): unknown {
  if ('requestIP' in env && typeof env.requestIP === 'function') {
    return env.requestIP(request)?.address
  }
  const remote = 'remoteAddr' in env ? env.remoteAddr : null
  return typeof remote === 'object' && remote !== null && 'hostname' in remote
    ? remote.hostname
    : null
}

/** Guards a studio that has neither `auth` nor `allowedHosts`, which Bun and Deno serve to everybody by default. */
export type PeerGuard = (request: Request, env: unknown) => Peer

/**
 * Creates the guard. It refuses clients of other machines; where the host does not tell who the client is, it warns once.
 *
 * @throws StudioError `forbidden` from the guard.
 */
export function createPeerGuard(warn: (line: string) => void): PeerGuard {
  let isKnown = false
  return (request, env) => {
    const peer = readPeer(request, env)
    if (peer === 'elsewhere') throw new StudioError('forbidden', refusal)
    if (peer === null && !isKnown) {
      isKnown = true
      const { name } = detectRuntime()
      if (name === 'bun' || name === 'deno') warn(warning)
    }
    return peer
  }
}

const remedy = 'configure `auth`, or list the names of this server in `allowedHosts`'
const refusal = `A studio without \`auth\` answers only clients of its own machine: ${remedy}`
const warning = `Studio has no \`auth\` and cannot see who calls it. It answers everybody who reaches it: ${remedy}, or listen on 127.0.0.1`
