import { badRequest } from '../../../errors.ts'
import type { Message } from '../../../records/message.ts'
import type { LanguageModel } from '../../model/language-model.ts'
import { canTakeUrl, readUrlSupport } from '../../model/supported-urls.ts'
import type { RunRequest } from './run-request.ts'

/** An address in a request, with the field that holds it. */
interface FileUrl {
  readonly path: string
  readonly url: string
  readonly mediaType: string
}

/**
 * Refuses files by addresses that the model does not fetch: its provider would refuse the whole conversation, also later.
 *
 * @throws StudioError `bad_request` that names each such file.
 */
export async function checkFiles(request: RunRequest, model: LanguageModel): Promise<void> {
  const { message, history = [], messages = [] } = request
  const files = [
    ...(typeof message === 'object' ? findUrls('message', message) : []),
    ...history.flatMap((one, index) => findUrls(`history.${index}`, one)),
    ...messages.flatMap((one, index) => findUrls(`messages.${index}`, one)),
  ]
  if (files.length === 0) return
  const support = await readUrlSupport(model)
  const faults = files.filter(({ mediaType, url }) => !canTakeUrl(support, mediaType, url))
  if (faults.length === 0) return
  throw badRequest(
    'The model does not fetch this file',
    faults.map(({ path }) => ({
      path,
      message: 'the model does not fetch this address: send the content in base64',
    })),
  )
}

function findUrls(field: string, { role, content }: Message): FileUrl[] {
  if (role !== 'user' && role !== 'assistant') return []
  return content.flatMap((part, index) => {
    if ((part.type !== 'image' && part.type !== 'document') || part.source.type !== 'url') return []
    const mediaType = 'mediaType' in part.source ? part.source.mediaType : 'image/*'
    return [{ path: `${field}.content.${index}.source.url`, url: part.source.url, mediaType }]
  })
}
