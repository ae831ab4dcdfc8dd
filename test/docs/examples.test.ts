import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from '../../providers/storage/storage';
import { loadRegions, type RegionSettings } from '../../config/regions';
import { acceptFindingRequestSchema } from '../../contract/schemas/audit-schema';
import { parseOrder } from '../../contract/schemas/order-schema';
import { approvalRequestSchema } from '../../contract/schemas/request-schemas';
import { RESOLUTION_VERBS, STATUSES } from '../../contract/operations/states';
import { checkOrder } from '../../templates/check-order';
import { loadTemplates } from '../../templates/load';
import { DOCUMENTS, read, ROOT } from './documents';

const VARIABLES: Record<string, string> = Object.fromEntries(
  ['EU_DATABASE_URL', 'AP_SOUTH_DATABASE_URL'].map((name) => [name, 'postgres://provisioner@127.0.0.1:5432/postgres']),
);

function regionsIn(yaml: string): RegionSettings[] {
  const directory = mkdtempSync(join(tmpdir(), 'regions-'));
  try {
    const file = join(directory, 'regions.yaml');
    writeFileSync(file, yaml);
    const keys = [...yaml.matchAll(/\$\{(\w*KEY\w*)\}/g)].map((match): [string, string] => [match[1]!, 'key']);
    return loadRegions(file, { ...VARIABLES, ...Object.fromEntries(keys) });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The first code block of a language that contains this text, without its indentation. */
function block(file: string, language: string, having: string): string {
  const blocks = [...read(file).matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```/gm)];
  const found = blocks.find((match) => match[2] === language && match[3]!.includes(having));
  if (!found) throw new Error(`${file} has no ${language} block with ${having}`);
  return found[3]!.replaceAll(new RegExp(`^${found[1]}`, 'gm'), '');
}

/** The JSON body that `curl -d '…'` sends. */
function bodyOf(shell: string): unknown {
  return JSON.parse(/-d '([^']*)'/.exec(shell)![1]!);
}

/** The bodies of all curl calls in a document whose URL ends with `url`. */
function bodiesTo(file: string, url: string): unknown[] {
  const calls = read(file)
    .replaceAll(/ \\\n */g, ' ')
    .split('\n')
    .filter((line) => line.trim().startsWith('curl ') && line.includes(`${url}"`));
  return calls.filter((call) => call.includes(" -d '")).map(bodyOf);
}

/** A resolution as the documents write it. */
interface WrittenResolution {
  verb: string;
  reason?: string;
  patch?: Record<string, unknown>;
  leftovers?: { kind: string; id: string }[];
}

describe('examples in the documents', () => {
  test('README names only statuses that an operation can have', () => {
    const named = [...read('README.md').matchAll(/`status` is `(\w+)`/g)].map(([, status]) => status);
    expect(named.length).toBeGreaterThan(1);
    for (const status of named) expect(STATUSES).toContain(status);
  });

  test.each(['README.md', 'docs/api.md'])('the order of %s is accepted', (file) => {
    const parsed = parseOrder(bodyOf(block(file, 'sh', '"tenantName"')));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.violations));
    expect(checkOrder(parsed.order, loadTemplates(join(ROOT, 'templates')).get('starter'))).toEqual([]);
  });

  test.each(['README.md', 'docs/api.md'])('the decision of %s is valid', (file) => {
    const body = bodyOf(block(file, 'sh', '"decision"'));
    expect(approvalRequestSchema.safeParse(body).success).toBe(true);
  });

  test.each(['docs/api.md', 'docs/operating.md'])('the resolutions of %s are valid', (file) => {
    const resolutions = bodiesTo(file, '$RESOLUTION') as WrittenResolution[];
    expect(resolutions.length).toBeGreaterThan(1);
    const order = bodyOf(block('README.md', 'sh', '"tenantName"')) as object;
    for (const { verb, reason, patch, leftovers } of resolutions) {
      expect(RESOLUTION_VERBS).toContain(verb);
      expect(reason).toBeTruthy();
      expect(patch !== undefined).toBe(verb === 'amend');
      expect(leftovers !== undefined).toBe(verb === 'accept');
      // The patches of the examples replace whole fields.
      expect(parseOrder({ ...order, ...patch })).toMatchObject({ ok: true });
    }
  });

  test('the runbook shows every verb', () => {
    const shown = bodiesTo('docs/operating.md', '$RESOLUTION') as WrittenResolution[];
    expect(new Set(shown.map(({ verb }) => verb))).toEqual(new Set(RESOLUTION_VERBS));
  });

  test('the runbook’s sweeps state explicitly whether they are dry runs', () => {
    const sweeps = bodiesTo('docs/operating.md', '/v1/sweeps') as { dryRun?: boolean }[];
    expect(sweeps.map(({ dryRun }) => dryRun)).toEqual([true, false, false]);
  });

  test('the runbook’s acceptance of a finding is valid', () => {
    const bodies = bodiesTo('docs/operating.md', ':accept');
    expect(bodies).toHaveLength(1);
    expect(acceptFindingRequestSchema.safeParse(bodies[0]).success).toBe(true);
  });

  test('the regions file of the configuration page is valid', () => {
    const regions = regionsIn(block('docs/configuration.md', 'yaml', 'regions:'));
    expect(regions.map(({ name, storage }) => [name, storage.provider])).toEqual([['eu-central', 'aws']]);
    createStorage(regions).close();
  });

  test('the region of docs/extending.md is valid', () => {
    const entry = block('docs/extending.md', 'yaml', 'ap-south').replaceAll(/^/gm, '  ');
    const regions = regionsIn(`regions:\n${entry}`);
    expect(regions.map(({ name, jurisdiction }) => [name, jurisdiction])).toEqual([['ap-south', 'IN']]);
    createStorage(regions).close();
  });

  test('no document names a folder or host of a developer’s machine', () => {
    for (const { file, text } of DOCUMENTS) {
      const machine = /\/(?:home|root|Users|work|var\/tmp)\/|\b[\w-]+\.(?:internal|local)(?=[/:])/.exec(text);
      expect([file, machine?.[0]]).toEqual([file, undefined]);
    }
  });
});
