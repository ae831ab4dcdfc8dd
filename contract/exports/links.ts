/** The workflow type that signs a link to a volume of an export. */
export const EXPORT_LINK = 'exportLink';

/** Seconds for which such a link can be used to begin a download. */
export const LINK_SECONDS = 900;

/** Input of the workflow {@link EXPORT_LINK}. */
export interface ExportLinkInput {
  operationId: string;
  tenantId: string;
  region: string;
  volume: number;
}
