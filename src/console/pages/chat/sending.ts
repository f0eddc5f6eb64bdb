import type { RunBody, RunInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import type { Draft } from './composer.tsx'

/** What was sent from this page, by the id of the run: the run itself shows only the beginning of it. */
const sent = new Map<string, Draft>()

/** Keeps a message until the conversation contains it. */
export function rememberSent({ id }: RunInfo, draft: Draft) {
  sent.set(id, draft)
  const [oldest] = sent.keys()
  if (sent.size > 50 && oldest !== undefined) sent.delete(oldest)
}

/** The message of a run that was sent from this page. */
export function findSent(runId: string): Draft | undefined {
  return sent.get(runId)
}

/** Sends a message. With the same key it starts one run only, however often it is sent. */
export async function startRun(
  { agentId, sessionId }: { readonly agentId: string; readonly sessionId: string },
  { text, files, model }: Draft,
  idempotencyKey: string,
): Promise<RunInfo> {
  const message: RunBody['message'] =
    files.length === 0
      ? text
      : {
          role: 'user',
          content: [
            ...(text.trim() === '' ? [] : [{ type: 'text' as const, text }]),
            ...files.map(({ part }) => part),
          ],
        }
  const body = { message, sessionId, ...(model === '' ? {} : { model }) }
  return client.runs.start(agentId, body, { idempotencyKey })
}
