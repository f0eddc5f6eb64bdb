import { parseArgs } from 'node:util'
import { curlLines } from './curl.ts'
import { makeFirstRuns } from './first-runs.ts'
import { makeMishaps } from './mishaps.ts'
import { runLines } from './once.ts'
import { startSupportDesk, type SupportDesk } from './start.ts'

const usage = `npm run demo -- [--port 4021] [--once]

  --port   the port on 127.0.0.1; 0 picks a free one
  --once   run the printed lines, print the responses and exit`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4021' },
      once: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const starting = startSupportDesk({ port: Number(values.port) })
  const stop = stopOnSignals(starting)
  const desk = await starting
  introduce(desk)
  if (!values.once) {
    console.log('\nCtrl-C stops it.')
    const made = Promise.all([makeFirstRuns(desk.studio), makeMishaps(desk)])
    return void made.catch(() => undefined) // stopped before it was done
  }
  try {
    const lines = curlLines(desk.url)
    const failures = await runLines(lines, console.log)
    console.log(`\n${lines.length - failures} of ${lines.length} lines answered`)
    if (failures > 0) process.exitCode = 1
  } finally {
    await stop()
  }
}

function introduce({ url, studio, api, model }: SupportDesk): void {
  console.log(`Support desk on ${url}, model ${model.provider}/${model.modelId}\n`)
  for (const { method, path, summary } of studio.routes) {
    console.log(`${method.padEnd(7)}${path.padEnd(34)}${summary}`)
  }
  for (const { method, path } of api.routes) console.log(`${method.padEnd(7)}${path}`)
  console.log(`\n${curlLines(url).join('\n\n')}`)
  console.log(`\nConsole: ${url}/console`)
}

/** The demo gets every Ctrl-C twice, from the terminal and from npm, so a second signal must not force an exit. */
function stopOnSignals(starting: Promise<SupportDesk>): () => Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= starting.then((desk) => desk.close())
    return stopping
  }
  const onSignal = () => void stop().catch(fail)
  for (const name of signals) process.on(name, onSignal)
  return stop
}

function fail(error: unknown): void {
  const { code, message, port } = error as { code?: unknown; message?: unknown; port?: unknown }
  console.error(
    code === 'EADDRINUSE' ? `Port ${port} is taken; choose another one with --port` : message,
  )
  process.exitCode = 1
}

await main().catch(fail)
