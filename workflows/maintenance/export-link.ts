import type { ExportActivities } from '../../activities/removal/interface-export';
import type { ExportLinkInput } from '../../contract/exports/links';
import { activitiesIn } from '../operations/regional';
import { aText, between, inputOf, OPERATION_ID, TENANT_ID } from '../operations/received';

/** Has a link to a volume of an export signed in the region, whose worker alone has the credentials of its store. */
export async function exportLink(input: ExportLinkInput): Promise<string> {
  const { operationId, region, volume } = inputOf(input, {
    operationId: OPERATION_ID,
    tenantId: TENANT_ID,
    region: aText,
    volume: between(1, 1_000_000),
  });
  const { signExportLink } = activitiesIn<ExportActivities>(region, {
    summary: `Link to volume ${volume} of an export`,
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: '20s',
    retry: { maximumAttempts: 3 },
  });
  return signExportLink({ operationId, volume });
}
