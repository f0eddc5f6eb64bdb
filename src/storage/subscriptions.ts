import type { Subscription } from './store.ts'

/** Enters a subscription in place of an older one of its target. Returns a function that takes exactly this one out. */
export function addSubscription(
  subscriptions: Map<string, Subscription>,
  subscription: Subscription,
): () => void {
  const { target } = subscription
  subscriptions.set(target, subscription)
  return () => {
    if (subscriptions.get(target) === subscription) subscriptions.delete(target)
  }
}
