import { type ClientOptions, createStudioClient } from '../../../src/client.ts'
import { answerFault } from './faults.ts'
import { faulty } from './faulty.ts'
import { ordinary } from './ordinary.ts'
import { createMatrixStudio, token } from './support-studio.ts'
import { takeover } from './takeover.ts'
import type { Behaviour, Outcome, Target } from './target.ts'

/** What a runtime is asked to do. */
export interface Plan {
  /** The address of the studio of `support-studio.ts`; null for a studio in the process of the client. */
  readonly studioUrl: string | null
  /** The address of the faulty servers, and of the proxy before two instances. */
  readonly frontUrl: string
  /** Whether instances are killed. */
  readonly withTakeover: boolean
  readonly isWhole: boolean
}

/** All behaviours, in the order of the table. */
export const behaviours: readonly Behaviour[] = [...ordinary, ...faulty, ...takeover]

/** Runs every behaviour in this runtime, one after the other. */
export async function runBehaviours(plan: Plan): Promise<Outcome[]> {
  const { target, close } = createTarget(plan)
  const outcomes: Outcome[] = []
  for (const { name, run } of behaviours) {
    const startedAt = performance.now()
    const fault = await run(target).then(
      () => null,
      (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
    )
    outcomes.push({ name, fault, ms: Math.round(performance.now() - startedAt) })
  }
  await close()
  return outcomes
}

function createTarget({ studioUrl, frontUrl, withTakeover, isWhole }: Plan) {
  const studio = studioUrl === null ? createMatrixStudio() : null
  const place: ClientOptions = studio ? { fetch: studio.fetch } : { baseUrl: studioUrl ?? '' }
  const target: Target = {
    client: (options) => createStudioClient({ ...place, token, ...options }),
    faulty(fault, argument = 0, options = {}) {
      const path = `/faults/${fault}/${argument}/${Math.random().toString(36).slice(2)}`
      const reach: ClientOptions = studio
        ? { baseUrl: `http://studio.local${path}`, fetch: answerFault }
        : { baseUrl: frontUrl + path }
      const client = createStudioClient({ ...reach, ...options })
      const posts = async () => {
        const request = new Request(`${reach.baseUrl}/posts`)
        const answer = await (studio ? answerFault(request) : fetch(request))
        return ((await answer.json()) as { posts: number }).posts
      }
      return { client, posts }
    },
    fleet: withTakeover
      ? {
          client: () => createStudioClient({ baseUrl: frontUrl }),
          async kill() {
            await (await fetch(`${frontUrl}/control/kill`, { method: 'POST' })).text()
          },
        }
      : null,
    isWhole,
  }
  return { target, close: async () => studio?.close() }
}
