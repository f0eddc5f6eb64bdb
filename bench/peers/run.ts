import { Agent } from 'node:http'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median } from '../support/report.ts'
import { type InstalledSize, sizeOfOurs, sizeOfPackages } from './installed-size.ts'
import {
  allPeers,
  installPeers,
  ourPackage,
  type Peer,
  type PeerProcess,
  startPeer,
} from './peer.ts'
import { readStream, type Work } from './reader.ts'

/** Streams of one kind, so many at once and so often in a round. */
interface Scenario extends Work {
  readonly streams: number
  readonly times: number
}

/** What one round of a scenario cost a peer. */
interface Round {
  readonly cpuMs: number
  readonly bytes: number
  readonly firstMs: number
}

const scenarios: readonly Scenario[] = [
  { deltas: 50, calls: 0, streams: 1, times: 100 },
  { deltas: 50, calls: 5, streams: 1, times: 40 },
  { deltas: 1_000, calls: 0, streams: 1, times: 20 },
  { deltas: 10_000, calls: 0, streams: 1, times: 3 },
  { deltas: 10_000, calls: 5, streams: 1, times: 3 },
  { deltas: 50, calls: 5, streams: 50, times: 2 },
  { deltas: 1_000, calls: 0, streams: 50, times: 1 },
  { deltas: 50, calls: 0, streams: 500, times: 1 },
]

const short = process.argv.includes('--short')
const rounds = short ? 1 : 4
const chosen = process.argv.slice(2).filter((name) => name !== '--short')
const isChosen = ({ name }: Peer) =>
  chosen.length === 0 || chosen.some((word) => name.toLowerCase().includes(word.toLowerCase()))
const root = fileURLToPath(new URL('../..', import.meta.url))

const results = new Map<Scenario, Map<PeerProcess, Round[]>>()
const tables: Readonly<Record<string, (peer: PeerProcess, scenario: Scenario) => string>> = {
  'CPU of the server for a stream, ms': (peer, scenario) => of(peer, scenario, 'cpuMs').toFixed(2),
  'The same for a delta, µs': (peer, scenario) =>
    ((1000 * of(peer, scenario, 'cpuMs')) / scenario.deltas).toFixed(1),
  'CPU as a multiple of the first row': ratioToFirst,
  'Bytes for a delta': (peer, scenario) =>
    (of(peer, scenario, 'bytes') / scenario.deltas).toFixed(0),
  'Request to first delta, ms': (peer, scenario) => of(peer, scenario, 'firstMs').toFixed(1),
}

const folder = await installPeers()
const peers: PeerProcess[] = []
try {
  for (const peer of allPeers.filter(isChosen)) peers.push(await startPeer(peer, folder))
  const loads = [loadavg()[0] ?? Number.NaN]
  for (const scenario of scenarios) {
    results.set(scenario, await measure(scenario))
    loads.push(loadavg()[0] ?? Number.NaN)
  }
  console.log(
    `\nload ${loads.map((load) => load.toFixed(1)).join(', ')}; columns: deltas and tool calls of a stream, and how many at once`,
  )
  for (const [title, show] of Object.entries(tables)) {
    console.log(`\n${title}`)
    console.table(toTable(show))
  }
  console.log('\nMemory and installed size')
  console.table(await Promise.all(peers.map(toSizeRow)))
} finally {
  await Promise.all(peers.map(({ stop }) => stop()))
}

/** Measures a scenario: the peers take turns, forwards and backwards; the first round only warms up. */
async function measure(scenario: Scenario): Promise<Map<PeerProcess, Round[]>> {
  const result = new Map<PeerProcess, Round[]>(peers.map((peer) => [peer, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
      const measured = await measureRound(peer, scenario)
      if (round > 0) result.get(peer)?.push(measured)
    }
  }
  return result
}

async function measureRound(peer: PeerProcess, scenario: Scenario): Promise<Round> {
  const { streams, times } = scenario
  // connections last as long as a round, so that none is used that the server has just closed
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
  const before = await peer.read()
  const seen = []
  for (let left = short ? 1 : times; left > 0; left--) {
    const open = Array.from({ length: streams }, () => readStream(peer, scenario, agent))
    seen.push(...(await Promise.all(open)))
  }
  const { cpuMs } = await peer.read()
  agent.destroy()
  return {
    cpuMs: (cpuMs - before.cpuMs) / seen.length,
    bytes: seen.reduce((sum, { bytes }) => sum + bytes, 0) / seen.length,
    firstMs: median(seen.map(({ firstMs }) => firstMs)),
  }
}

/** Returns a row for each peer with a column for each scenario. */
function toTable(show: (peer: PeerProcess, scenario: Scenario) => string) {
  return peers.map((process) => ({
    peer: process.peer.name,
    ...Object.fromEntries(
      scenarios.map((scenario) => [titleOf(scenario), show(process, scenario)]),
    ),
  }))
}

function titleOf({ deltas, calls, streams }: Scenario): string {
  const one = calls > 0 ? `${calls} calls + ${deltas}` : `${deltas} deltas`
  return streams > 1 ? `${streams} x (${one})` : one
}

/** Returns the median of the rounds. */
function of(process: PeerProcess, scenario: Scenario, name: keyof Round): number {
  return median((results.get(scenario)?.get(process) ?? []).map((round) => round[name]))
}

function ratioToFirst(process: PeerProcess, scenario: Scenario): string {
  const [first = process] = peers
  return (of(process, scenario, 'cpuMs') / of(first, scenario, 'cpuMs')).toFixed(2)
}

async function toSizeRow(process: PeerProcess) {
  const { peer, rss } = process
  const isOurs = peer.packages.includes(ourPackage)
  const size: InstalledSize = isOurs
    ? await sizeOfOurs(root)
    : await sizeOfPackages(peer.packages, folder)
  return {
    peer: peer.name,
    'MB of memory after start': (rss / 2 ** 20).toFixed(0),
    'after all streams': ((await process.read()).rss / 2 ** 20).toFixed(0),
    'installed MB': (size.bytes / 2 ** 20).toFixed(1),
    packages: size.packages,
  }
}
