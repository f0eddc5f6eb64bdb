import type { Message } from '../../records/message.ts'
import type { LanguageModel } from './language-model.ts'
import type { PromptPart, SpecificationVersion } from './prompt-file.ts'
import { readUrlSupport, type UrlSupport } from './supported-urls.ts'

/** One message of a prompt, in the provider's format. */
export interface PromptMessage {
  readonly role: Message['role']
  readonly content: string | readonly PromptPart[]
}

/** What decides how a message is written for a model, with the messages that were written already. */
export interface PromptTarget {
  readonly version: SpecificationVersion
  readonly canFetch: UrlSupport
  readonly converted: WeakMap<Message, PromptMessage>
}

const targets = new WeakMap<LanguageModel, PromptTarget>()

/** Returns the target for a model, the same for each call; a promise only when the model needs time to describe itself. */
export function readTarget(model: LanguageModel): PromptTarget | Promise<PromptTarget> {
  const support = readUrlSupport(model)
  return support instanceof Promise
    ? support.then((canFetch) => targetOf(model, canFetch))
    : targetOf(model, support)
}

function targetOf(model: LanguageModel, canFetch: UrlSupport): PromptTarget {
  const before = targets.get(model)
  if (before?.canFetch === canFetch) return before
  const target = createTarget(model.specificationVersion, canFetch)
  targets.set(model, target)
  return target
}

/** Makes a target to which no message was written yet. */
export function createTarget(version: SpecificationVersion, canFetch: UrlSupport): PromptTarget {
  return { version, canFetch, converted: new WeakMap() }
}
