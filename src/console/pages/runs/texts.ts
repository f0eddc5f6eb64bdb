/** The texts of the list of runs. */
export const runsTexts = {
  title: 'Runs',
  empty: 'No runs yet',
  emptyHint: 'A run appears here as soon as an agent is asked something.',
} as const
