import { type PromptMessage, readLastQuestion, readResults, type Turn } from './rules.ts'

/** The intent that the rules know. */
export const phoneIntent = 'customers get a phone number that orders show'

const plan = {
  intent: phoneIntent,
  on_failure: 'roll_back',
  steps: [
    {
      id: 'column',
      type: 'change_model',
      description: 'Customers get a phone number',
      payload: {
        app: 'accounts',
        changes: [
          {
            op: 'add_column',
            schema: 'accounts',
            table: 'customers',
            column: { name: 'phone', type: 'varchar(40)' },
          },
        ],
      },
    },
    {
      id: 'view',
      type: 'patch_file',
      description: 'Orders show it',
      payload: {
        type: 'replace_text',
        path: 'order-view.json',
        old_text: '["name"]',
        new_text: '["name", "phone"]',
      },
    },
    {
      id: 'migrate',
      type: 'run_migrations',
      description: 'The database gets the column',
      depends_on: ['column'],
    },
    {
      id: 'rows',
      type: 'run_query_check',
      description: 'No customer has a number yet',
      depends_on: ['migrate'],
      payload: {
        plan: { model: 'Customer', filters: [{ field: 'phone', lookup: 'isnull', value: false }] },
        expect: { count: 0 },
      },
    },
  ],
}

/**
 * Decides by rules, in place of a language model, which plan an intent gets: it looks for the customers, hands the plan in, and
 * says what became of it.
 *
 * @param offered The names of the tools that may be called.
 */
export function decidePlan(prompt: readonly PromptMessage[], offered: readonly string[]): Turn {
  const results = readResults(prompt)
  const submitted = results.findLast(({ toolName }) => toolName === 'submit_plan')
  if (submitted) {
    const isAccepted = JSON.stringify(submitted.output).includes('"accepted":true')
    return { text: isAccepted ? 'The plan waits for a person.' : 'The plan was refused.' }
  }
  if (!/\bphone\b/i.test(readLastQuestion(prompt)) || !offered.includes('submit_plan')) {
    return {
      text: `The rules know one intent: ${phoneIntent}. With OPENAI_API_KEY, a model plans.`,
    }
  }
  return results.length === 0 && offered.includes('search_schema')
    ? { calls: [{ toolName: 'search_schema', input: { query: 'customer' } }] }
    : { calls: [{ toolName: 'submit_plan', input: plan }] }
}
