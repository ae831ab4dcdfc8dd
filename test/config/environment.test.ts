import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { apiEnvironment, workerEnvironment } from '../../config/environment';

const key = (): string => `k1:${randomBytes(32).toString('base64')}`;
const shared = {
  REGISTRY_URL: 'postgres://registry@127.0.0.1/registry',
  KEY_RING: key(),
  CODEC_KEY_RING: key(),
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  // Keeps a developer's own Temporal profile out of these tests.
  TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml',
};
const worker = {
  ...shared,
  PUBLIC_URL: 'https://provisioner.example.com/',
  APP_DOMAIN: 'app.example.com',
  REGIONS_FILE: 'regions.yaml',
  KEYCLOAK_URL: 'https://login.example.com',
  KEYCLOAK_CLIENT_SECRET: 's',
  STRIPE_API_KEY: 'sk_test_1',
  SMTP_URL: 'smtp://127.0.0.1:25',
  MAIL_FROM: 'provisioner@example.com',
  OPERATOR_MAIL: 'a@example.com, b@example.com',
  APPROVER_MAIL: 'c@example.com',
  AUDIT_SIGNING_KEY: generateKeyPairSync('ed25519')
    .privateKey.export({ format: 'der', type: 'pkcs8' })
    .toString('base64'),
};

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('It did not throw.');
}

test('the API needs few variables and has defaults for the rest', () => {
  const environment = apiEnvironment(shared);
  expect(environment).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8080,
    APPROVAL_DEADLINE_HOURS: 72,
    TEMPLATES_DIR: 'templates',
    temporal: { namespace: 'default', connectionOptions: { address: '127.0.0.1:7233' } },
  });
  expect(environment.KEY_RING.current).toBe('k1');
});

test('Temporal’s namespace and API key come from its own variables', () => {
  const { temporal } = apiEnvironment({ ...shared, TEMPORAL_NAMESPACE: 'tenants', TEMPORAL_API_KEY: 'key' });
  expect(temporal).toMatchObject({ namespace: 'tenants', connectionOptions: { apiKey: 'key' } });
});

test('the worker’s lists are split and its URLs end without a slash', () => {
  expect(workerEnvironment(worker)).toMatchObject({
    OPERATOR_MAIL: ['a@example.com', 'b@example.com'],
    PUBLIC_URL: 'https://provisioner.example.com',
    STRIPE_ALLOW_LIVE_KEY: false,
  });
});

test.each(Object.keys(worker).filter((name) => name !== 'TEMPORAL_CONFIG_FILE'))(
  'without %s the worker stops and explains the variable, with an example',
  (name) => {
    const message = messageOf(() => workerEnvironment({ ...worker, [name]: undefined }));
    expect(message).toMatch(new RegExp(`${name} is missing: .+ For example ${name}=`));
    expect(messageOf(() => workerEnvironment({ ...worker, [name]: '' }))).toContain(`${name} is missing`);
  },
);

test('all missing variables are named at once', () => {
  const message = messageOf(() => apiEnvironment({ TEMPORAL_CONFIG_FILE: '/nonexistent/temporal.toml' }));
  for (const name of ['REGISTRY_URL', 'KEY_RING', 'CODEC_KEY_RING', 'TEMPORAL_ADDRESS'])
    expect(message).toContain(name);
});

test.each([
  ['KEY_RING', 'k1:c2hvcnQ='],
  ['REGISTRY_URL', 'mysql://user:canary@host/db'],
  ['PORT', '80a'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['LOG_LEVEL', 'loud'],
])('an invalid %s is named, and its value is not repeated', (name, value) => {
  const message = messageOf(() => apiEnvironment({ ...shared, [name]: value }));
  expect(message).toContain(`${name} is not valid`);
  expect(message).not.toContain(value);
});

test('an unusable Temporal configuration file is named', () => {
  expect(messageOf(() => apiEnvironment({ ...shared, TEMPORAL_CONFIG_FILE: '/dev/null' }))).toContain('(/dev/null)');
});

describe('the worker’s deployment', () => {
  const DEPLOYMENT = { TEMPORAL_DEPLOYMENT_NAME: 'tenants/provisioner', TEMPORAL_WORKER_BUILD_ID: '0.2.0-4f1c9e2' };

  test('is optional, and known when both its name and its build are set', () => {
    expect(workerEnvironment(worker)).toMatchObject({
      TEMPORAL_DEPLOYMENT_NAME: undefined,
      TEMPORAL_WORKER_BUILD_ID: undefined,
    });
    expect(workerEnvironment({ ...worker, ...DEPLOYMENT })).toMatchObject(DEPLOYMENT);
  });

  test.each(Object.keys(DEPLOYMENT))('is refused without %s, which is named with an example', (name) => {
    const other = Object.keys(DEPLOYMENT).find((each) => each !== name);
    for (const value of [undefined, ''])
      expect(messageOf(() => workerEnvironment({ ...worker, ...DEPLOYMENT, [name]: value }))).toMatch(
        new RegExp(`${name} is missing, although ${other} is set: .+ For example ${name}=`),
      );
  });

  test.each(['tenant.provisioner', 'tenant:provisioner'])('is refused with the name %s, as Temporal would', (name) => {
    expect(messageOf(() => workerEnvironment({ ...worker, ...DEPLOYMENT, TEMPORAL_DEPLOYMENT_NAME: name }))).toContain(
      'TEMPORAL_DEPLOYMENT_NAME is not valid (must have neither a dot nor a colon)',
    );
  });
});
