import Ajv2020 from 'ajv/dist/2020';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { apiEnvironment, workerEnvironment } from '../../config/environment';
import { loadRegions } from '../../config/regions';
import { staffConfiguration } from '../../config/staff';
import { SEARCH_ATTRIBUTES } from '../../contract/temporal/search-attributes';
import { representationOf } from '../../stack/servers/keycloak/staff-realm';
import { STAFF, type StaffRealm } from '../../stack/staff';
import { REGIONS } from '../../stack/types';

interface Service {
  image?: string;
  build?: { target: string };
  ports?: string[];
  volumes?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  configs?: { source: string; target: string }[];
}

const root = join(__dirname, '../..');
const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  configs: Record<string, { file?: string; content?: string }>;
};
const services = Object.entries(compose.services);

const GIVEN = {
  STACK_PASSWORD: 'password',
  KEY_RING: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  CODEC_KEY_RING: `c1:${Buffer.alloc(32, 2).toString('base64')}`,
  AUDIT_SIGNING_KEY: 'MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB',
};

describe('docker-compose.yml', () => {
  test('follows the Compose Specification', () => {
    const schema = JSON.parse(readFileSync(join(__dirname, 'compose-spec/compose-spec.json'), 'utf8')) as object;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    // Formats in the schema that JSON Schema does not know; Compose itself checks them when it reads the file.
    for (const format of ['ports', 'expose', 'duration', 'subnet_ip_address']) ajv.addFormat(format, true);
    const validate = ajv.compile(schema);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('has every server of the stack, with one database server and one object store per region', () => {
    const regional = REGIONS.flatMap((region) => [`postgres-${region}`, `s3-${region}`]);
    const global = ['postgres-registry', 'temporal', 'keycloak', 'mail', 'stripe', 'api', 'worker'];
    expect(services.map(([name]) => name).sort()).toEqual([...regional, ...global].sort());
  });

  test('pins every image to a version', () => {
    const images = services.flatMap(([, { image }]) => image ?? []);
    expect(images.length).toBeGreaterThan(0);
    expect(images.filter((image) => !/:v?\d+\.\d+(\.\d+)?$/.test(image))).toEqual([]);
  });

  test('publishes ports on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(10);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('has a health check for each server that others call, and waits for it', () => {
    const called = services.filter(([, service]) => service.ports !== undefined);
    expect(called.filter(([, service]) => service.healthcheck === undefined).map(([name]) => name)).toEqual([]);
    const waits = services.flatMap(([, service]) => Object.entries(service.depends_on ?? {}));
    for (const [name, { condition }] of waits) {
      expect([name, condition]).toEqual([name, 'service_healthy']);
      expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  });

  test('keeps data in named volumes, each server in its own', () => {
    const mounted = services.flatMap(([, service]) => (service.volumes ?? []).map((volume) => volume.split(':')[0]));
    expect([...mounted].sort()).toEqual(Object.keys(compose.volumes).sort());
  });

  test('registers the same search attributes as the local stack', () => {
    const types = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' };
    const local = Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => `${name}=${types[type]}`);
    const command = (compose.services.temporal as { command?: string[] }).command ?? [];
    const here = command.flatMap((argument) => /^--search-attribute=(.*)/.exec(argument)?.[1] ?? []);
    expect(here.sort()).toEqual(local.sort());
  });

  test('configures API and worker with every required variable and no unknown one', () => {
    const api = apiEnvironment(environmentOf('api'));
    expect([api.HOST, api.PUBLIC_URL]).toEqual(['0.0.0.0', 'http://127.0.0.1:8080']);
    const env = environmentOf('worker');
    const worker = workerEnvironment(env);
    expect(worker.KEYCLOAK_URL).toBe(environmentOf('keycloak').KC_HOSTNAME);
    const regions = loadRegions(join(root, 'docker/regions.yaml'), env);
    expect(regions.map(({ name }) => name)).toEqual([...REGIONS]);
    for (const { name, storage, database } of regions) {
      expect(storage.accessKeyId).toBe(environmentOf(`s3-${name}`).ROOT_ACCESS_KEY);
      expect(storage.endpoint).toBe(`http://s3-${name}:7070`);
      expect(new URL(database.cells[0]!.url).host).toBe(`postgres-${name}:5432`);
    }
  });

  test('lets the local Stripe send its events to the API, signed with the secret that the API has', () => {
    const { command = [] } = compose.services.stripe as { command?: string[] };
    expect(command).toContain(`--forward-to=http://api:${environmentOf('api').PORT}/v1/providers/stripe/events`);
    const { STRIPE_WEBHOOK_SECRET: secrets } = apiEnvironment(environmentOf('api'));
    expect(secrets).toEqual([environmentOf('stripe').STRIPE_WEBHOOK_SECRET]);
  });

  test('lets the same people sign in to the console as the local stack, each with the same roles', () => {
    const keycloak = environmentOf('keycloak');
    const env = environmentOf('api');
    const { PUBLIC_URL } = apiEnvironment(env);
    const roles = fileAt('api', env.STAFF_ROLES!);
    const api = staffConfiguration(apiEnvironment({ ...env, STAFF_ROLES: roles }), PUBLIC_URL!)!;
    expect(api).toMatchObject({ issuer: `${keycloak.KC_HOSTNAME}/realms/staff`, roles: STAFF });

    // Keycloak fills in its environment when it imports the realm.
    const { STAFF_PASSWORD: password = '' } = keycloak;
    const realm = fileAt('keycloak', '/opt/keycloak/data/import/staff-realm.json');
    const people = Object.fromEntries(Object.keys(STAFF).map((username) => [username, { username, password }]));
    const local: StaffRealm = {
      issuer: api.issuer,
      clientId: api.clientId,
      clientSecret: api.clientSecret,
      audience: api.audience!,
      people: people as StaffRealm['people'],
    };
    expect(JSON.parse(realm.replaceAll('${STAFF_PASSWORD}', password))).toEqual(
      representationOf(local, `http://api:${env.PORT}/console`),
    );
    expect(realm).toContain('${STAFF_PASSWORD}');
    expect((compose.services.keycloak as { command?: string[] }).command).toContain('--import-realm');
  });
});

/** What a service finds in the file at this path. */
function fileAt(service: string, target: string): string {
  const source = compose.services[service]?.configs?.find((each) => each.target === target)?.source ?? '';
  return readFileSync(join(root, compose.configs[source]!.file!), 'utf8');
}

/** A service's environment, with `${NAME}`, `${NAME:-standard}` and `${NAME:?message}` expanded as Compose does. */
function environmentOf(service: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, variable: string, kind?: string, other?: string) => {
        const found = (GIVEN as Record<string, string>)[variable] ?? (kind === '-' ? other : undefined);
        if (found === undefined) throw new Error(`${service} needs ${variable}: ${other ?? ''}`);
        return found;
      }),
    ]),
  );
}
