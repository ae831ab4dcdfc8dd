/** What the DNS says about a record. `unanswered`: it gave no answer, or one that says nothing about the record. */
export type ProofLookup = 'found' | 'missing' | 'unanswered';

/** Looks for the records with which the owners of domains prove them. */
export interface DomainProofs {
  /** Looks for a TXT record of this name with exactly this value. Resolves whatever comes of it; rejects only if `signal` is aborted. */
  look(record: { name: string; value: string }, signal: AbortSignal): Promise<ProofLookup>;
}
