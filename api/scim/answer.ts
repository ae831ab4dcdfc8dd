/** An answer: its status and its resource, if any. */
export interface ScimAnswer {
  status: number;
  body?: object;
  /** URL of a new resource. */
  location?: string;
}
