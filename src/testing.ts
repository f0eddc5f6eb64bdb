export type { Clock, Ids } from './lib/clock.ts'
export type { LanguageModelCall, LanguageModelResult } from './agents/model/language-model.ts'
export { countingIds, fixedClock, type FixedClock } from './testing/clock.ts'
export {
  scriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
  type ScriptedPart,
  type ScriptedTurn,
  type ScriptedUsage,
} from './testing/scripted-model.ts'
export { memoryBlobs, type MemoryBlobsOptions } from './storage/blobs/memory-blobs.ts'
