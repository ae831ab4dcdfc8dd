import { createMaintenanceRuns, type MaintenanceClient, type MaintenanceRuns } from './maintenance-runs';
import { createOperationRuns, type OperationClient, type OperationRuns, type RunSettings } from './operation-runs';
import { createTenantRuns, type TenantRuns } from './tenant-runs';

/** What the API asks of the system that runs workflows. */
export interface Runs extends OperationRuns, MaintenanceRuns, TenantRuns {}

/** {@link Runs} on Temporal. */
export function createTemporalRuns(
  client: MaintenanceClient & OperationClient,
  settings: RunSettings,
  taskQueue?: string,
): Runs {
  return {
    ...createOperationRuns(client, settings, taskQueue),
    ...createMaintenanceRuns(client, taskQueue),
    ...createTenantRuns(client, taskQueue),
  };
}
