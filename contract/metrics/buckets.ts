/** Bounds in seconds for answers of this process and of servers nearby. */
export const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Bounds in seconds for calls to providers, of which the longest end after their time-outs. */
export const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** Bounds in seconds for waits in a queue. */
export const QUEUE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] as const;

/** Bounds in seconds for the work on steps and operations: from seconds to hours. */
export const WORK_SECONDS = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 14_400] as const;

/** Bounds in seconds for times that may include the decision of a person or a grace period: from seconds to a month. */
export const PATIENCE_SECONDS = [
  1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 259_200, 604_800, 2_592_000,
] as const;
