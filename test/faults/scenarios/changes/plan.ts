import { ACCESS_CHANGES, OTHER_CHANGES, type AccessChange, type ChangeKind } from '../../plan/calls/calls';
import { aimedScenarios } from '../aimed';
import { cancelsDuring } from '../cancels';
import { killScenarios } from '../kills';
import type { Scenario } from '../scenario';
import { terminateScenario } from '../sweeps';
import { legalHoldScenarios } from './legal-holds';
import { readOnlyScenarios } from './read-only';
import { removalScenarios } from './removals';
import { operatorScenariosOf } from './operators';
import { repetitionScenarios } from './repetitions';

/** Everything that is tried with operations of these kinds. */
export function changeScenarios(
  kinds: readonly ChangeKind[],
  { resolution, sweeps }: { resolution: boolean; sweeps: boolean },
): Scenario[] {
  const [closing, others] = [ACCESS_CHANGES, OTHER_CHANGES].map((group) =>
    group.filter((kind) => kinds.includes(kind)),
  ) as [AccessChange[], ChangeKind[]];
  return [
    ...closing.flatMap((kind) => [
      ...(kind === 'deprovision' ? removalScenarios() : aimedScenarios(kind)),
      ...(kind === 'suspend' ? readOnlyScenarios() : []),
      ...(kind === 'deprovision' ? legalHoldScenarios() : []),
      ...cancelsDuring(kind),
      ...repetitionScenarios(kind),
      ...(resolution ? operatorScenariosOf(kind) : []),
      ...(sweeps ? [terminateScenario(kind)] : []),
    ]),
    ...killScenarios(...closing),
    ...others.flatMap((kind) => [...aimedScenarios(kind), ...cancelsDuring(kind)]),
    ...killScenarios(...others),
  ];
}
