import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Failure, Loading } from '../parts/states.tsx'
import { Button } from '../parts/button.tsx'
import { texts } from '../texts.ts'

type LoadComponent<Props> = () => Promise<ComponentType<Props>>

/** A component whose code is loaded when it is first shown. Keep one for each `load`: give it a `key`. */
export function Late<Props extends object>({
  load,
  props,
}: {
  readonly load: LoadComponent<Props>
  readonly props: Props
}): VNode {
  const [state, setState] = useState<{ Part?: ComponentType<Props>; error?: unknown }>({})
  useEffect(() => {
    let isShown = true
    load().then(
      (Part) => isShown && setState({ Part }),
      (error: unknown) => isShown && setState({ error }),
    )
    return () => void (isShown = false)
  }, [])
  const { Part, error } = state
  if (Part) return <Part {...props} />
  return error === undefined ? <Loading /> : <NewVersion error={error} />
}

/** The file is gone, most likely because the studio was updated while the page was open. */
function NewVersion({ error }: { readonly error: unknown }) {
  return (
    <>
      <Failure error={navigator.onLine ? new Error(texts.newVersion, { cause: error }) : error} />
      <p class="state">
        <Button icon="again" onClick={() => location.reload()}>
          {texts.loadAgain}
        </Button>
      </p>
    </>
  )
}
