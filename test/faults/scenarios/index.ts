import type { System } from '../system';
import { aimedScenarios } from './aimed';
import { cancelScenarios } from './cancels';
import { CHANGES, type ChangeKind } from '../plan/calls/calls';
import { requestPath } from './changes/change';
import { changeScenarios } from './changes/plan';
import { foreignScenarios } from './foreigners';
import { killScenarios } from './kills';
import { meaningScenarios } from './meanings';
import { operatorScenarios } from './operators';
import { orderScenarios } from './orders';
import { outageScenarios } from './outages';
import { processScenarios } from './processes';
import type { Scenario } from './scenario';
import { sweepScenarios } from './sweeps';

/** The full plan for the tested build, and the parts of it that this build does not support. */
export async function scenariosFor({ product }: System): Promise<{ scenarios: Scenario[]; notRun: string[] }> {
  const { body } = await product.call(undefined, 'GET', '/openapi.json');
  const paths = Object.keys((body as { paths: object }).paths);
  const resolution = paths.some((path) => path.endsWith('/resolution'));
  const sweeps = paths.includes('/v1/sweeps');
  const [changes, missing] = [true, false].map((there) =>
    CHANGES.filter((kind) => paths.includes(requestPath(kind, '{tenantId}')) === there),
  ) as [ChangeKind[], ChangeKind[]];
  return {
    scenarios: [
      ...aimedScenarios('provision'),
      ...foreignScenarios(),
      ...orderScenarios(),
      ...cancelScenarios(),
      ...operatorScenarios({ resolution }),
      ...processScenarios(),
      ...outageScenarios(),
      ...meaningScenarios(),
      ...killScenarios('provision'),
      ...(sweeps ? sweepScenarios() : []),
      ...changeScenarios(changes, { resolution, sweeps }),
    ],
    notRun: [
      ...(resolution ? [] : ['operators’ verbs: the API has no way to resolve an operation']),
      ...missing.map((kind) => `operations of kind ${kind}: the API has none`),
      ...(sweeps ? [] : ['terminated runs and sweepers: the API has no sweeps']),
    ],
  };
}
