import { isRecord } from '../../lib/json.ts'

/** The workflows in which an agent of Mastra runs: a snapshot of each is what resumes it. */
const workflowNames = ['agentic-loop', 'executionWorkflow']

/** Where Mastra keeps the snapshots of workflows. */
export interface SnapshotStore {
  loadWorkflowSnapshot(key: object): Promise<unknown>
  persistWorkflowSnapshot(snapshot: object): Promise<unknown>
}

/** Returns where the Mastra of an agent keeps its snapshots. @throws Error when it has no storage. */
export async function findSnapshots(agent: object): Promise<SnapshotStore> {
  const mastra = callMember(agent, 'getMastraInstance')
  const storage = isRecord(mastra) ? callMember(mastra, 'getStorage') : null
  const store = isRecord(storage) ? await callMember(storage, 'getStore', 'workflows') : null
  if (isRecord(store) && typeof store['persistWorkflowSnapshot'] === 'function') {
    return store as unknown as SnapshotStore // its other method belongs to the same interface
  }
  throw new TypeError('The agent needs a Mastra with a storage for workflows')
}

function callMember(owner: object, name: string, ...given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(owner, name)
  return typeof method === 'function' ? Reflect.apply(method, owner, given) : null
}

/** A snapshot of a workflow, as the state of a run keeps it. */
export interface KeptSnapshot {
  readonly workflowName: string
  readonly snapshot: unknown
}

/** Reads the snapshots of a run of Mastra. */
export async function readSnapshots(store: SnapshotStore, runId: string): Promise<KeptSnapshot[]> {
  const read = workflowNames.map(async (workflowName) => {
    const snapshot = await store.loadWorkflowSnapshot({ workflowName, runId })
    return snapshot ? [{ workflowName, snapshot }] : []
  })
  const kept = (await Promise.all(read)).flat()
  if (kept.length > 0) return kept
  throw new Error('Mastra kept no snapshot of the run, so that nothing could continue it')
}

/** Writes the snapshots of a run back, also over newer ones: those of a process that lost the run do not count. */
export async function writeSnapshots(
  store: SnapshotStore,
  runId: string,
  kept: readonly KeptSnapshot[],
): Promise<void> {
  for (const { workflowName, snapshot } of kept) {
    await store.persistWorkflowSnapshot({ workflowName, runId, snapshot })
  }
}
