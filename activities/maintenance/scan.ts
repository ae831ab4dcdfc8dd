import { randomBytes, randomUUID } from 'node:crypto';
import { CompleteAsyncError } from '@temporalio/activity';
import { SCAN_DEADLINE_SECONDS, scanIdOf, type ScanInput } from '../../contract/maintenance/scans';
import { beginScan, endScan, findScanOfRun, hashScanToken, listDueScans } from '../../registry/evidence/scans';
import type { Dependencies } from '../dependencies';
import type { ScanActivities } from './interface-scan';

/** Tenants scanned in one round; the others follow in the next. */
const BATCH = 20;

const LOST = 'No report arrived before the deadline, or the scanner stopped reporting that it is alive.';
const NOT_TAKEN = 'No worker of the region picked up the scan in time.';

/** Scans of a tenant's resources. No worker waits for the scanner: it reports to the API, which completes the activity. */
export function createScan(
  dependencies: Pick<Dependencies, 'execution' | 'pool' | 'scanner'> & {
    settings: Pick<Dependencies['settings'], 'publicUrl'>;
  },
): ScanActivities {
  const { pool, scanner, settings } = dependencies;

  async function begin({ tenantId, requestedBy }: ScanInput, token?: string): Promise<string> {
    const scanId = scanIdOf(randomUUID());
    const tokenHash = token === undefined ? null : hashScanToken(token);
    await beginScan(pool, {
      scanId,
      tenantId,
      scanner: scanner.name,
      requestedBy,
      tokenHash,
      ...dependencies.execution(),
      deadlineSeconds: SCAN_DEADLINE_SECONDS,
    });
    return scanId;
  }

  return {
    async scan(input) {
      const { tenantId, region } = input;
      const token = randomBytes(32).toString('base64url');
      const scanId = await begin(input, token);
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

    async giveUpScan(input) {
      const { region } = input;
      const begun = await findScanOfRun(pool, dependencies.execution());
      // The report has arrived after all.
      if (begun?.state === 'done') return { scanId: begun.scanId, state: 'done' };
      const scanId = begun?.scanId ?? (await begin(input));
      const outcome = begun ? (begun.outcome ?? LOST) : NOT_TAKEN;
      await endScan(pool, { scanId, state: 'failed', outcome, region });
      return { scanId, state: 'failed', outcome };
    },

    listDueScans: () => listDueScans(pool, BATCH),
  };
}
