import { conflictOf } from '../../../client.ts'
import { messageOf } from '../../app/message.ts'
import { changesTexts as texts } from './texts.ts'

/** Says why it was refused, and what to do next. */
export function describeRefusal(error: unknown): string {
  const conflict = conflictOf(error)
  if (!conflict) {
    const { details } = error as { readonly details?: { readonly reason?: unknown } | null }
    const said = messageOf(error)
    return details?.reason === 'migration_failed' ? `${said}. ${texts.again}` : said
  }
  const { reason, files = [], changed = [] } = conflict
  const states: Readonly<Record<string, string>> = texts.states
  const said = texts.refusals[reason] ?? texts.meanwhile(states[reason] ?? reason)
  const what = [...files, ...changed]
  return what.length === 0 ? said : `${said} ${texts.affected(what.slice(0, 5).join(', '))}`
}
