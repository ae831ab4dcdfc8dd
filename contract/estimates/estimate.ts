/** How long an operation takes from its acceptance to its end, from the durations of this many earlier ones. */
export interface DurationEstimate {
  likelySeconds: number;
  lateSeconds: number;
  samples: number;
}
