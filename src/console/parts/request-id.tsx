import { StudioClientError } from '../../client.ts'
import { texts } from '../texts.ts'

/** The id of the request that failed, for those who look for it in a log. */
export function RequestId({ of }: { readonly of: unknown }) {
  const id = of instanceof StudioClientError && of.requestId
  if (!id) return null
  return (
    <p class="quiet">
      {texts.requestId} <code>{id}</code>
    </p>
  )
}
