/** A stored object, exactly as it is sent to clients. The types below declare only the fields that this server reads. */
export interface StripeObject {
  id: string;
  object: string;
  /** Unix seconds. */
  created: number;
  /** Set on the marker that replaces a deleted object, so that its id can be told from one that never existed. */
  deleted?: true;
  [field: string]: unknown;
}

/** User data on an object; Stripe allows 50 keys. */
export type Metadata = Record<string, string>;
