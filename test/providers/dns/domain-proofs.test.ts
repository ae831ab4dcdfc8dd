import { createDomainProofs } from '../../../providers/dns/domain-proofs';
import { startNameServer, type NameServer } from '../../helpers/dns';

describe('proofs of domains in the DNS', () => {
  const name = '_tenant-verification.acme.example';
  const value = 'tenant-verification=0123456789abcdef';
  let server: NameServer;
  beforeEach(async () => {
    server = await startNameServer();
  });
  afterEach(() => server.stop());

  const look = (signal = AbortSignal.timeout(20_000)) =>
    createDomainProofs([server.address]).look({ name, value }, signal);

  test('a record with the value is found, among others of the same name', async () => {
    server.records.set(name, ['v=spf1 -all', value]);
    expect(await look()).toBe('found');
    expect(server.asked).toContain(name);
  });

  test('a name that does not exist, and one with other values, are missing', async () => {
    expect(await look()).toBe('missing');
    server.records.set(name, [`${value}0`, value.slice(1)]);
    expect(await look()).toBe('missing');
    server.records.set(name, []);
    expect(await look()).toBe('missing');
  });

  test('the texts of a long record belong together', async () => {
    const long = 'x'.repeat(300);
    server.records.set(name, [long]);
    expect(await createDomainProofs([server.address]).look({ name, value: long }, AbortSignal.timeout(20_000))).toBe(
      'found',
    );
  });

  test('a server that fails says nothing about the record', async () => {
    server.mood = 'fails';
    expect(await look()).toBe('unanswered');
  });

  test('a server that is silent says nothing about the record, and the caller can stop waiting', async () => {
    server.mood = 'is silent';
    const stopped = new AbortController();
    const looking = look(stopped.signal);
    stopped.abort(new Error('stopped'));
    await expect(looking).rejects.toThrow('stopped');
  });
});
