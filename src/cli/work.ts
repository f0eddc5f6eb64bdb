import { closeOnSignals } from '../adapters/signals.ts'
import type { Command } from './command.ts'
import { loadStudio } from './load-studio.ts'

/** `fetch-studio work`: advances runs until a signal, without serving requests. */
export const work: Command = {
  name: 'work',
  usage: 'work <module>',
  summary: 'Advances runs that other instances have accepted, without serving HTTP',
  notes: [
    '<module>   a JavaScript module whose default export is a Studio with shared stores',
    'SIGINT and SIGTERM stop it: turns in progress finish, other runs go to other instances',
  ],
  options: {},
  operands: [1, 1],
  async run({ operands: [path = ''] }, { print }) {
    const studio = await loadStudio(path)
    const removeListeners = closeOnSignals(() => studio.close())
    try {
      await studio.ready()
      print('Working; stop with SIGINT or SIGTERM')
      await studio.work()
    } finally {
      removeListeners()
    }
  },
}
