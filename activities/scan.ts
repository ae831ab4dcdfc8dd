import { randomBytes, randomUUID } from 'node:crypto';
import { CompleteAsyncError } from '@temporalio/activity';
import { SCAN_DEADLINE_SECONDS, scanIdOf } from '../contract/scans';
import { beginScan, endScan, giveUpScans, hashScanToken, listDueScans } from '../registry/scans';
import type { Dependencies } from './dependencies';
import type { ScanActivities } from './interface-scan';

/** Tenants scanned in one go; the others come with the next. */
const BATCH = 20;

const LOST = 'No report came before the deadline, or the scanner showed no sign of life.';

/** Scans of what was made for a tenant. Nobody waits in a worker: the scanner reports to the API, which ends the activity. */
export function createScan(dependencies: Dependencies): ScanActivities {
  const { pool, scanner, settings } = dependencies;
  return {
    async scan({ tenantId, region, requestedBy }) {
      const scanId = scanIdOf(randomUUID());
      const token = randomBytes(32).toString('base64url');
      await beginScan(pool, {
        ...{ scanId, tenantId, scanner: scanner.name, requestedBy, tokenHash: hashScanToken(token) },
        ...{ ...dependencies.execution(), deadlineSeconds: SCAN_DEADLINE_SECONDS },
      });
      const outcome = await scanner.missing();
      if (outcome !== undefined) {
        await endScan(pool, { scanId, state: 'not_run', outcome, region });
        return { scanId, state: 'not_run', outcome };
      }
      const deadline = new Date(Date.now() + SCAN_DEADLINE_SECONDS * 1000);
      const callback = { url: `${settings.publicUrl}/v1/scans/${scanId}`, token, deadline };
      await scanner.start({ tenantId, region, callback });
      throw new CompleteAsyncError();
    },

    async giveUpScan({ tenantId, region }) {
      const scanId = await giveUpScans(pool, { tenantId, region, outcome: LOST });
      return { scanId: scanId ?? '', state: 'failed', outcome: LOST };
    },

    listDueScans: () => listDueScans(pool, BATCH),
  };
}
