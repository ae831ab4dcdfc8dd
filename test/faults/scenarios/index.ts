import type { System } from '../system';
import { aimedScenarios } from './aimed';
import { killScenarios } from './kills';
import type { Scenario } from './scenario';

/** The full plan for the build that runs, and what of it this build has no means for. */
export async function scenariosFor({ product }: System): Promise<{ scenarios: Scenario[]; notRun: string[] }> {
  const { body } = await product.call(undefined, 'GET', '/openapi.json');
  void body;
  return { scenarios: [...aimedScenarios(), ...killScenarios()], notRun: [] };
}
