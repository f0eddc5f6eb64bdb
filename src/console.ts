import { answerConsole, isForConsole } from './http/console/answer.ts'
import type { ConsoleAssets } from './http/console/assets.ts'

export type { ConsoleAssets } from './http/console/assets.ts'
export type { Incoming } from './http/exchange.ts'
export type { HostContext } from './http/handler.ts'

/**
 * Returns the web console for the option `console` of `Studio`, which serves it at `<basePath>/console` and redirects the
 * browser that asks for the root. About 100 kB, loaded when a browser first asks for it; no file system is needed.
 *
 * @example
 * export default new Studio([agent], { console: consoleAssets() })
 */
export function consoleAssets(): ConsoleAssets {
  const load = () => import('./bundled-console.js')
  return {
    answer: (incoming, basePath) =>
      isForConsole(incoming, basePath) ? answerConsole(load, incoming) : null,
  }
}
