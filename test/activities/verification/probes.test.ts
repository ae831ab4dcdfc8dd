import { randomBytes } from 'node:crypto';
import { rememberingProbes, type Asker } from '../../../activities/verification/probes';
import type { Check } from '../../../providers/port/check';
import { newTenantId } from '../../../contract/ids';
import { evidenceHash, listEvidence } from '../../../registry/evidence/evidence';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestRegistry, type TestRegistry } from '../../helpers/registry';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await createTestRegistry();
});
afterAll(() => registry.drop());

const good: Check = { id: 'thing.open', claim: 'The thing opens', passed: true, answered: '200' };

let sequence = 0;

async function asker(): Promise<Asker> {
  const accepted = await acceptOrder(registry.pool, registry.keys, {
    caller: 'test',
    requestHash: randomBytes(32),
    order: order({ tenantName: `probes-${++sequence}` }),
    template: loadTemplates('templates').get('starter'),
    approvalsRequired: [],
  });
  if (accepted.outcome !== 'accepted') throw new Error('not accepted');
  return { tenantId: accepted.tenantId, operationId: accepted.operationId, askedBy: 'run/7' };
}

describe('probes of an activity', () => {
  test('a retry repeats only the probes without a good answer so far', async () => {
    const who = await asker();
    const asked: string[] = [];
    const attempt = async (answers: Record<string, () => Check[]>): Promise<void> => {
      const probes = await rememberingProbes(registry.pool, who);
      const probe = probes.of('provider', 'eu');
      for (const [name, find] of Object.entries(answers))
        await probe(name, () => {
          asked.push(name);
          return Promise.resolve().then(find);
        }).catch(() => {});
      await probes.keep();
    };
    const silent = (): Check[] => {
      throw new Error('no answer');
    };
    await attempt({
      one: () => [good],
      two: silent,
      three: () => [good, { ...good, id: 'thing.shut', passed: false }],
    });
    await attempt({ one: () => [good], two: () => [good], three: () => [good, { ...good, id: 'thing.shut' }] });
    await attempt({ one: () => [good], two: () => [good], three: () => [good, { ...good, id: 'thing.shut' }] });
    expect(asked).toEqual(['one', 'two', 'three', 'two', 'three']);
  });

  test('an answer that would end the run is asked for again, and the last one is kept', async () => {
    const who = await asker();
    const contrary = { ...good, passed: false, answered: '403' };
    const doubt = { about: ({ passed }: Check) => !passed, pausesMs: [0, 0], signal: AbortSignal.timeout(10_000) };
    const probes = await rememberingProbes(registry.pool, who, doubt);
    const probe = probes.of('provider', 'eu');
    const stale = jest.fn().mockResolvedValueOnce([contrary]).mockResolvedValue([good]);
    expect(await probe('stale', stale)).toEqual([good]);
    const wrong = jest.fn().mockResolvedValue([contrary]);
    expect(await probe('wrong', wrong)).toEqual([contrary]);
    const silent = jest.fn().mockResolvedValueOnce([contrary]).mockRejectedValue(new Error('no answer'));
    await expect(probe('silent', silent)).rejects.toThrow('no answer');
    expect([stale, wrong, silent].map((find) => find.mock.calls.length)).toEqual([2, 3, 2]);
    expect((await probes.keep()).map(({ passed }) => passed)).toEqual([true, false]);
  });

  test('answers of another activity do not count', async () => {
    const who = await asker();
    const first = await rememberingProbes(registry.pool, who);
    await first.of('provider', 'eu')('one', () => Promise.resolve([good]));
    await first.keep();
    const second = await rememberingProbes(registry.pool, { ...who, askedBy: 'run/8' });
    const find = jest.fn(() => Promise.resolve([good]));
    await second.of('provider', 'eu')('one', find);
    expect(find).toHaveBeenCalled();
  });

  test('every answer is stored with its provider, and its hash covers all of it', async () => {
    const who = await asker();
    const probes = await rememberingProbes(registry.pool, who);
    await probes.of('provider', 'eu')('one', () => Promise.resolve([good]));
    await probes.keep();
    const [kept, ...others] = await listEvidence(registry.pool, who.tenantId);
    expect(others).toEqual([]);
    expect(kept).toMatchObject({
      ...who,
      probe: 'one',
      check: good.id,
      provider: 'provider',
      region: 'eu',
      passed: true,
    });
    expect(kept!.hash).toEqual(evidenceHash(kept!));
    expect(evidenceHash({ ...kept!, answered: '403' })).not.toEqual(kept!.hash);
    expect(await listEvidence(registry.pool, newTenantId())).toEqual([]);
  });
});
