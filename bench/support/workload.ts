/** A run of the throughput bench: two tool calls and an answer, 20 deltas per turn. */
export const workload = { tool: 'lookup', input: { id: 'ORD-1' }, calls: 2, deltas: 20 } as const
