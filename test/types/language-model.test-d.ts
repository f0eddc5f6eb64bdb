import type { LanguageModelV2, LanguageModelV3, LanguageModelV4 } from '@ai-sdk/provider'
import type { LanguageModel } from '../../src/agents/model/language-model.ts'

/** Compiles only when every version of the AI SDK's models is a `LanguageModel`. */
type Accepts<Model extends LanguageModel> = Model
export type Proof = [Accepts<LanguageModelV2>, Accepts<LanguageModelV3>, Accepts<LanguageModelV4>]

type IsModel<Value> = Value extends LanguageModel ? true : false
type Unknown = Omit<LanguageModelV4, 'specificationVersion'> & { specificationVersion: 'v5' }

/** Compiles only when models of other versions are refused. */
export const acceptsUnknown: IsModel<Unknown> = false
