import { parseEnv } from 'node:util';
import { apiEnvironment, describeVariables, workerEnvironment } from '../../config/environment';
import { read } from './documents';

const FILLED_IN = {
  KEY_RING: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  CODEC_KEY_RING: `c1:${Buffer.alloc(32, 2).toString('base64')}`,
  KEYCLOAK_CLIENT_SECRET: 'secret',
  STRIPE_API_KEY: 'sk_test_example',
  AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB',
};

/** Variables that Temporal's own configuration or the Compose file reads. */
const NOT_OURS = /^(?:TEMPORAL_(?!UI_URL|DEPLOYMENT_NAME|WORKER_BUILD_ID)|STACK_PASSWORD$)/;

const text = read('.env.example');
const example = parseEnv(text) as Record<string, string>;

describe('.env.example', () => {
  test('lists every variable of the API and the worker, and no others', () => {
    const named = Object.keys(example).filter((name) => !NOT_OURS.test(name));
    expect(named.sort()).toEqual(
      describeVariables()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test('shows the default of every variable that has one', () => {
    const standards = describeVariables().filter(({ standard }) => standard !== undefined);
    expect(standards.length).toBeGreaterThan(10);
    expect(standards.map(({ name }) => [name, example[name]])).toEqual(
      standards.map(({ name, standard }) => [name, standard]),
    );
  });

  test('starts both processes once its secrets are filled in', () => {
    const env = { ...example, ...FILLED_IN };
    expect(apiEnvironment(env).PORT).toBe(8080);
    const { temporal, WORKER_REGIONS } = workerEnvironment(env);
    expect(WORKER_REGIONS).toEqual([]);
    // An empty TEMPORAL_API_KEY must not switch TLS on.
    expect(temporal.connectionOptions).toMatchObject({ address: '127.0.0.1:7233' });
    expect(temporal.connectionOptions.tls).toBeUndefined();
  });

  test('contains no secret', () => {
    for (const name of [...Object.keys(FILLED_IN), 'STACK_PASSWORD', 'TEMPORAL_API_KEY'])
      expect(example[name]).toBe('');
  });

  test('names Temporal’s variables that the configuration page names', () => {
    const named = [...text.matchAll(/\bTEMPORAL_(?!UI_URL)[A-Z_]+/g)].map(([name]) => name);
    const page = read('docs/configuration.md');
    expect(named.length).toBeGreaterThan(4);
    for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY']) {
      expect(named).toContain(name);
      expect(page).toContain(name);
    }
  });
});
