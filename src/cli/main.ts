#!/usr/bin/env node
import { askOnTerminal } from './ask.ts'
import { runProgram } from './program.ts'

const { env, stdin, stdout } = process
const isDumb = env['NO_COLOR'] || env['TERM'] === 'dumb'
process.exitCode = await runProgram(process.argv.slice(2), {
  env,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  hasColors: stdout.isTTY && !isDumb,
  ...(stdin.isTTY && stdout.isTTY ? { ask: askOnTerminal } : {}),
})
