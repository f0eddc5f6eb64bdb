/** A value that a statement can take as a parameter. */
export type SqlParameter = string | number | boolean | null

/** One row: the text of each column in the order of the select list. */
export type SqlCells = readonly (string | null)[]

/** What the stores need from a driver. Every statement is a transaction of its own. */
export interface SqlDriver {
  /** The number of statements that the driver executes at a time. More would wait inside the driver, where nobody removes them. */
  readonly width: number
  /**
   * Runs one statement. Its text casts every parameter, and every column is of type `text`. With `isPrepared` a connection may
   * keep its plan.
   */
  query(
    text: string,
    parameters: readonly SqlParameter[],
    isPrepared?: boolean,
  ): Promise<readonly SqlCells[]>
  /** Runs several statements without parameters in one transaction. */
  script(text: string): Promise<void>
  /** Reports notifications of a channel, and whether a connection listens, until the returned function is called. Absent where none would arrive. */
  listen?(
    channel: string,
    onPayload: (payload: string) => void,
    onState: (isOpen: boolean) => void,
  ): Promise<() => Promise<void>>
}
