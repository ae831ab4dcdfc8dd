import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStorage } from '../../activities/adapters/storage/storage';
import { loadRegions, type RegionSettings } from '../../config/regions';
import { parseOrder } from '../../contract/schemas/order-schema';
import { approvalRequestSchema } from '../../contract/schemas/request-schemas';
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

/** The first block of a language that has this text in it, without its indentation. */
function block(file: string, language: string, having: string): string {
  const blocks = [...read(file).matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```/gm)];
  const found = blocks.find((match) => match[2] === language && match[3]!.includes(having));
  if (!found) throw new Error(`${file} has no ${language} block with ${having}`);
  return found[3]!.replaceAll(new RegExp(`^${found[1]}`, 'gm'), '');
}

/** What `curl -d '…'` sends. */
function bodyOf(shell: string): unknown {
  return JSON.parse(/-d '([^']*)'/.exec(shell)![1]!);
}

describe('the examples', () => {
  test('README’s order is accepted', () => {
    const parsed = parseOrder(bodyOf(block('README.md', 'sh', '"tenantName"')));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.violations));
    expect(checkOrder(parsed.order, loadTemplates(join(ROOT, 'templates')).get('starter'))).toEqual([]);
  });

  test('README’s decision is one', () => {
    const body = bodyOf(block('README.md', 'sh', '"decision"'));
    expect(approvalRequestSchema.safeParse(body).success).toBe(true);
  });

  test('README’s regions file can be used', () => {
    const regions = regionsIn(block('README.md', 'yaml', 'regions:'));
    expect(regions.map(({ name, storage }) => [name, storage.provider])).toEqual([['eu-central', 'aws']]);
    createStorage(regions).close();
  });

  test('the region of docs/extending.md can be added', () => {
    const entry = block('docs/extending.md', 'yaml', 'ap-south').replaceAll(/^/gm, '  ');
    const regions = regionsIn(`regions:\n${entry}`);
    expect(regions.map(({ name, jurisdiction }) => [name, jurisdiction])).toEqual([['ap-south', 'IN']]);
    createStorage(regions).close();
  });

  test('no document names a folder or host of somebody’s machine', () => {
    for (const { file, text } of DOCUMENTS) {
      const machine = /\/(?:home|root|Users|work|var\/tmp)\/|\b[\w-]+\.(?:internal|local)(?=[/:])/.exec(text);
      expect([file, machine?.[0]]).toEqual([file, undefined]);
    }
  });
});
