import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModel } from 'fetch-studio'
import { ruleModel } from './rule-model.ts'

/**
 * Chooses the model: an OpenAI-style provider when there is a key, else rules.
 *
 * @param env Reads OPENAI_API_KEY, OPENAI_BASE_URL (OpenAI's own unless given) and OPENAI_MODEL (`gpt-5-mini` unless
 *   given); an empty variable counts as none.
 */
export function resolveModel(env: NodeJS.ProcessEnv): LanguageModel {
  const apiKey = env['OPENAI_API_KEY']
  if (!apiKey) return ruleModel()
  const provider = createOpenAICompatible({
    name: 'openai',
    apiKey,
    baseURL: env['OPENAI_BASE_URL'] || 'https://api.openai.com/v1',
    includeUsage: true,
  })
  return provider.chatModel(env['OPENAI_MODEL'] || 'gpt-5-mini')
}
