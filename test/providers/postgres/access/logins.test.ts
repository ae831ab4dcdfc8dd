import { PassThrough } from 'node:stream';
import type { Client } from 'pg';
import type { Access } from '../../../../contract/tenants/access';
import { CELL, POSTGRES_VERSIONS, query, REGION, startClusters, type Clusters } from '../clusters';
import type { Tenant } from '../tenant';
import { createBench, DENIED, homeOf, type Bench, type Subject } from './bench';

const MAY_NOT_LOG_IN = { code: '28000' };
const endOf = (client: Client): Promise<unknown> => new Promise((resolve) => client.once('end', resolve));

describe.each(POSTGRES_VERSIONS)('access of logins on $title', ({ bin }) => {
  let clusters: Clusters;
  let bench: Bench;
  beforeAll(async () => {
    clusters = await startClusters(bin);
    bench = createBench(clusters);
  }, 120_000);
  afterEach(() => bench.clear());
  afterAll(() => clusters?.stop());

  describe.each(['schema', 'database'] as const)('in a %s', (isolation) => {
    let tenant: Tenant;
    let login: Subject;
    let reader: Subject;
    beforeEach(async () => {
      tenant = await bench.tenant(isolation);
      login = bench.subject(tenant, 'login');
      reader = bench.subject(tenant, 'readonlyLogin');
    });
    const to = async (access: Access): Promise<void> => {
      await login.update(access);
      await reader.update(access);
    };
    const projects = async (client: Client): Promise<number | null> =>
      (await client.query('select from project')).rowCount;

    test('closed: both logins are refused, their sessions end, and the neighbour’s go on', async () => {
      const neighbour = await bench.tenant(isolation);
      const own = [await bench.connect(tenant, 'app'), await bench.connect(tenant, 'readonly')];
      const others = [await bench.connect(neighbour, 'app'), await bench.connect(neighbour, 'readonly')];
      const ended = Promise.all(own.map(endOf));
      await own[0]!.query('begin; lock table item in access exclusive mode');
      await to('closed');
      await ended;
      await expect(bench.connect(tenant, 'app')).rejects.toMatchObject(MAY_NOT_LOG_IN);
      await expect(bench.connect(tenant, 'readonly')).rejects.toMatchObject(MAY_NOT_LOG_IN);
      expect(await Promise.all(others.map(projects))).toEqual([1, 1]);
    });

    test('read-only: the read-only login goes on and cannot write, and the other is refused', async () => {
      const [writer, open] = [await bench.connect(tenant, 'app'), await bench.connect(tenant, 'readonly')];
      const ended = endOf(writer);
      await to('read-only');
      await ended;
      await expect(bench.connect(tenant, 'app')).rejects.toMatchObject(MAY_NOT_LOG_IN);
      for (const client of [open, await bench.connect(tenant, 'readonly')]) {
        expect(await projects(client)).toBe(1);
        await client.query('begin read write');
        await expect(client.query(`insert into project (name) values ('x')`)).rejects.toMatchObject(DENIED);
        await client.query('rollback');
      }
    });

    test('open again: the passwords that were handed over open the same logins, with nothing to reset', async () => {
      await to('closed');
      await to('open');
      const client = await bench.connect(tenant, 'app');
      expect((await client.query(`insert into project (name) values ('written')`)).rowCount).toBe(1);
      expect(await projects(await bench.connect(tenant, 'readonly'))).toBe(2);
      expect(await clusters.postgres.login.drift(login.context)).toEqual([]);
      expect(await clusters.postgres.readonlyLogin.drift(reader.context)).toEqual([]);
    });

    test('a closed tenant is backed up like an open one', async () => {
      const rows = async (): Promise<unknown> => {
        const share = {
          region: REGION,
          cell: CELL,
          signal: AbortSignal.timeout(60_000),
          tenantId: tenant.tenantId,
          isolation,
        };
        return (await clusters.postgres.dump(share, 'bk_closed', new PassThrough().resume())).tables;
      };
      const open = await rows();
      await to('closed');
      expect(await rows()).toEqual(open);
    });

    test('a closed login has no drift to reset, even if it changed its password before', async () => {
      await query(
        clusters.url(homeOf(tenant), `t_${tenant.tenantId}_app`, tenant.passwords.app),
        `alter role current_user password 'changed'`,
      );
      await login.update('closed');
      expect(await login.access()).toBe('closed');
      expect(await clusters.postgres.login.drift(login.context)).toEqual([]);
      await login.update('open');
      await expect(login.access()).rejects.toMatchObject({
        type: 'OutcomeUnknown',
        message: expect.stringContaining('password'),
      });
      await clusters.postgres.login.create(login.context);
      expect(await login.access()).toBe('open');
    });

    test('a login whose connections are all taken is open', async () => {
      for (let count = 0; count < 5; count += 1) await bench.connect(tenant, 'app');
      await expect(bench.connect(tenant, 'app')).rejects.toMatchObject({ code: '53300' });
      expect(await login.access()).toBe('open');
    });

    test('a closing that was interrupted is completed by its repetition', async () => {
      const client = await bench.connect(tenant, 'app');
      const ended = endOf(client);
      await clusters.superuser(`alter role t_${tenant.tenantId}_app nologin`);
      await login.update('closed');
      await ended;
      expect(await login.access()).toBe('closed');
    });

    test('a login that may not write any more is not taken for open', async () => {
      const name = `t_${tenant.tenantId}`;
      await clusters.superuser(`revoke insert on ${name}.health_check from ${name}_app`, undefined, homeOf(tenant));
      await expect(login.access()).rejects.toMatchObject({
        type: 'OutcomeUnknown',
        message: expect.stringContaining('insert is denied'),
      });
    });

    test('a login whose removal was interrupted is not taken for a closed one', async () => {
      await clusters.superuser(`alter role t_${tenant.tenantId}_app nologin`);
      expect((await login.find()).state).toBe('partial');
      await clusters.postgres.login.create(login.context);
      expect(await login.access()).toBe('open');
    });
  });
});
