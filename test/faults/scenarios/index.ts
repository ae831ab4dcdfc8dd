import type { System } from '../system';
import { aimedScenarios } from './aimed';
import { cancelScenarios } from './cancels';
import { foreignScenarios } from './foreigners';
import { killScenarios } from './kills';
import { meaningScenarios } from './meanings';
import { operatorScenarios } from './operators';
import { orderScenarios } from './orders';
import { outageScenarios } from './outages';
import { processScenarios } from './processes';
import type { Scenario } from './scenario';
import { sweepScenarios } from './sweeps';

/** The full plan for the build that runs, and what of it this build has no means for. */
export async function scenariosFor({ product }: System): Promise<{ scenarios: Scenario[]; notRun: string[] }> {
  const { body } = await product.call(undefined, 'GET', '/openapi.json');
  const paths = Object.keys((body as { paths: object }).paths);
  const resolution = paths.some((path) => path.endsWith('/resolution'));
  const sweeps = paths.includes('/v1/sweeps');
  return {
    scenarios: [
      ...aimedScenarios(),
      ...foreignScenarios(),
      ...orderScenarios(),
      ...cancelScenarios(),
      ...operatorScenarios({ resolution }),
      ...processScenarios(),
      ...outageScenarios(),
      ...meaningScenarios(),
      ...killScenarios(),
      ...(sweeps ? sweepScenarios() : []),
    ],
    notRun: [
      ...(resolution ? [] : ['operators’ verbs: the API has no way to resolve an operation']),
      ...(sweeps ? [] : ['terminated runs and sweepers: the API has no sweeps']),
    ],
  };
}
