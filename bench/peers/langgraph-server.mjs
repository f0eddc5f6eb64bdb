// LangGraph's own server. It keeps threads and runs in memory and writes them to a file of its folder from time to time.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { answerBench, freePort } from './host.mjs'

process.env.LOG_LEVEL = 'error'
process.env.LANGSMITH_TRACING = 'false'
const { startServer } = await import('@langchain/langgraph-api/server')
const port = await freePort()
const graph = `${fileURLToPath(new URL('langchain-agent.mjs', import.meta.url))}:agent`
await startServer({
  port,
  host: '127.0.0.1',
  nWorkers: 1_000,
  cwd: await mkdtemp(join(tmpdir(), 'bench-langgraph-')),
  graphs: { bench: graph },
})
answerBench(port)
