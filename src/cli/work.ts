import { closeOnSignals } from '../adapters/signals.ts'
import type { Command } from './command.ts'
import { loadStudio } from './module.ts'

/** `fetch-studio work`: advances runs without serving requests, until a signal. */
export const work: Command = {
  name: 'work',
  usage: 'work <module>',
  summary: 'Advances runs that other instances accepted, without serving HTTP',
  notes: [
    '<module>   a JavaScript module whose default export is a Studio; the stores must be shared',
    'SIGINT and SIGTERM stop it: turns in progress end, the rest is handed over',
  ],
  options: {},
  operands: [1, 1],
  async run({ operands: [path = ''] }, { print }) {
    const studio = await loadStudio(path)
    const forgetSignals = closeOnSignals(() => studio.close())
    try {
      await studio.ready()
      print('Working; a signal ends it')
      await studio.work()
    } finally {
      forgetSignals()
    }
  },
}
