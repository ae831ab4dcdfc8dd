/** The activities of a removal that concern the tenant's export. All run in the tenant's region. */
export interface ExportActivities {
  /**
   * Writes everything that the tenant has into an archive in the region's vault, and verifies it. An attempt that follows a crash goes on
   * after the last finished volume. Throws `CompensationBegun` once the operation is being undone.
   */
  exportTenant(input: { operationId: string; step: 'export' }): Promise<void>;
  /** Deletes the archive and forgets its key; succeeds if there is none. */
  removeExport(input: { operationId: string }): Promise<void>;
  /**
   * Resolves once the mail about the export has been delivered, or given up; `problem` says why it was given up. Throws a retryable failure
   * while the mail is still to be sent.
   */
  awaitExportMail(input: { operationId: string }): Promise<{ problem?: string }>;
  /** Signs a link that downloads a volume of a finished archive for a few minutes. */
  signExportLink(input: { operationId: string; volume: number }): Promise<string>;
}
