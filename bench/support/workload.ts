/** What a run of the throughput bench does: two tool calls and an answer, 20 deltas a turn. */
export const workload = { tool: 'lookup', input: { id: 'ORD-1' }, calls: 2, deltas: 20 } as const
