import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModel } from 'fetch-studio'
import { ruleModel } from './rule-model.ts'

/**
 * Returns a model of a provider with OpenAI's API when there is an API key, else the rule-driven model.
 *
 * @param env Has OPENAI_API_KEY, OPENAI_BASE_URL (default OpenAI's own) and OPENAI_MODEL (default `gpt-5-mini`). An empty
 *   variable counts as missing.
 * @param rules The pause between the words of the rule-driven model, in milliseconds, and its rules.
 */
export function resolveModel(
  env: NodeJS.ProcessEnv,
  rules: Parameters<typeof ruleModel>[0] = {},
): LanguageModel {
  const apiKey = env['OPENAI_API_KEY']
  if (!apiKey) return ruleModel(rules)
  const provider = createOpenAICompatible({
    name: 'openai',
    apiKey,
    baseURL: env['OPENAI_BASE_URL'] || 'https://api.openai.com/v1',
    includeUsage: true,
  })
  return provider.chatModel(env['OPENAI_MODEL'] || 'gpt-5-mini')
}
