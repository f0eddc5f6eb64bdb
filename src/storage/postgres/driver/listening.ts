import type { Sql } from 'postgres'
import { withDeadline } from '../../../lib/deadline.ts'
import { errorCode } from '../../../lib/failures/error-code.ts'
import { padMessage } from '../../../lib/postgres/pool.ts'
import { startTimer, type Timer } from '../../../lib/timer.ts'

/** What postgres.js keeps about its one connection for all notifications. */
interface Listener {
  sql?: Sql | undefined
  readonly channels?: Record<string, { listeners: readonly { readonly fn: unknown }[] }>
}

const openMs = 5_000
const closeMs = 1_000
const firstPauseMs = 500
const maxPauseMs = 2_000

/**
 * Listens on a channel until the returned function is called. Resolves after the first attempt, also if it failed: then and
 * after a lost connection it tries again, one attempt at a time, with pauses of up to 2 s. No step waits without a limit.
 */
export async function listenOn(
  sql: Sql,
  channel: string,
  onPayload: (payload: string) => void,
  onState: (isOpen: boolean) => void,
): Promise<() => Promise<void>> {
  let timer: Timer | undefined
  let pauseMs = firstPauseMs
  let stopped = false
  let watched: Sql | undefined
  const receive = (payload: string) => {
    if (!stopped) onPayload(payload)
  }
  const open = async (): Promise<void> => {
    try {
      await withDeadline(openMs, timedOut, () => sql.listen(channel, receive))
      pauseMs = firstPauseMs
      if (stopped) return
      watched = watchClose(sql, watched, lose)
      onState(true)
    } catch (error) {
      stopped ||= errorCode(error) === 'CONNECTION_ENDED' // the caller ended `sql`
      // postgres.js keeps a listener that failed and would try again without a pause
      await leave(sql, channel, receive)
      again()
    }
  }
  const again = () => {
    if (stopped) return
    timer?.stop()
    timer = startTimer(pauseMs * (0.5 + Math.random() / 2), () => void open())
    timer.unref()
    pauseMs = Math.min(pauseMs * 2, maxPauseMs)
  }
  const lose = () => {
    onState(false)
    if (remove(sql, channel, receive)) again()
  }
  await open()
  return async () => {
    stopped = true
    onState(false)
    timer?.stop()
    await leave(sql, channel, receive)
  }
}

const timedOut = new Error('LISTEN was not answered')

const listenerOf = (sql: Sql): Listener => sql.listen as Listener

/** Calls `onClose` when the listening connection closes, before postgres.js starts its listeners again. Returns that connection. */
function watchClose(sql: Sql, watched: Sql | undefined, onClose: () => void): Sql | undefined {
  const connection = listenerOf(sql).sql
  if (!connection || connection === watched) return connection
  const { options } = connection
  const restart = options.onclose as ((id: number) => void) | undefined
  const onclose = (id: number) => {
    onClose()
    restart?.(id)
  }
  Object.assign(options, { onclose })
  return connection
}

/** Takes a listener out of postgres.js. False if it was not there. */
function remove(sql: Sql, channel: string, receive: unknown): boolean {
  const { channels = {} } = listenerOf(sql)
  const found = channels[channel]
  if (!found?.listeners.some(({ fn }) => fn === receive)) return false
  found.listeners = found.listeners.filter(({ fn }) => fn !== receive)
  if (found.listeners.length === 0) delete channels[channel]
  return true
}

/**
 * Removes a listener, and ends the connection if it was the last one; postgres.js would keep it until `sql` itself ends. If
 * the caller listens on other channels, only this channel is left.
 */
async function leave(sql: Sql, channel: string, receive: unknown): Promise<void> {
  const listener = listenerOf(sql)
  remove(sql, channel, receive)
  const connection = listener.sql
  if (!connection || channel in (listener.channels ?? {})) return
  const isLast = Object.keys(listener.channels ?? {}).length === 0
  if (isLast) listener.sql = undefined
  const ended = isLast
    ? connection.end({ timeout: closeMs / 1_000 })
    : connection.unsafe(padMessage(`unlisten "${channel.replaceAll('"', '""')}"`))
  await withDeadline(closeMs * 2, timedOut, async () => void (await ended)).catch(() => undefined)
}
