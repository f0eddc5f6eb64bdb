export { countingIds, fixedClock, type FixedClock } from './testing/clock.ts'
export {
  scriptedModel,
  type ScriptedModel,
  type ScriptedModelOptions,
  type ScriptedPart,
  type ScriptedTurn,
} from './testing/scripted-model.ts'
