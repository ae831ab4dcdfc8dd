import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { missingTools, runBlock, shellBlocks } from '../helpers/documents/document-shell';
import { newOrder, startTestProduct, type TestProduct } from '../helpers/product';
import { tenants, type Called } from '../clients/typescript/cli/tenants';
import { read, ROOT } from '../docs/documents';

const missing = missingTools(['jq', 'bash']);
if (missing.length > 0) test.todo(`the commands of docs/client.md: not run, without ${missing.join(' and ')}`);
const shown = missing.length > 0 ? test.skip : test;

let product: TestProduct;
const dir = mkdtempSync(join(tmpdir(), 'command-line-'));
beforeAll(async () => {
  product = await startTestProduct();
}, 240_000);
afterAll(async () => {
  await product?.stop();
  rmSync(dir, { recursive: true });
});

const env = (): Record<string, string> => ({ TENANTS_SERVER: product.url, TENANTS_TOKEN: product.tokens.signup });

function call(args: string[], input?: object): Promise<Called> {
  return tenants(args, { env: env(), input: JSON.stringify(input) });
}

/** Runs the first block below a heading of docs/client.md. */
function runShown(heading: string, more: Record<string, string> = {}): Promise<string[]> {
  const { approver: APPROVER, support: SUPPORT, offboarding: OFFBOARDING } = product.tokens;
  const program = `tenants() { '${process.execPath}' '${join(ROOT, 'clients/typescript/bin/tenants.mjs')}' "$@"; }\n`;
  const [block] = shellBlocks('docs/client.md', heading);
  return runBlock(program + block, dir, { ...env(), APPROVER, SUPPORT, OFFBOARDING, ...more });
}

shown(
  'the commands that order, watch and list work as docs/client.md shows them',
  async () => {
    writeFileSync(join(dir, 'order.json'), JSON.stringify(newOrder()));
    const printed = await runShown('Order and watch');
    expect(printed.join('\n')).toContain('is active');
  },
  180_000,
);

shown(
  'an order that needs an approval is ordered, approved and watched as shown, then suspended, resumed and removed',
  async () => {
    const order = newOrder({ customizations: { storageQuotaGb: 10 } });
    writeFileSync(join(dir, 'restricted.json'), JSON.stringify(order));
    const printed = await runShown('Decide');
    expect(printed.at(-1)).toMatch(/^op_\w+ is active$/);
    const [{ tenantId }] = JSON.parse((await call(['list', '--name', order.tenantName])).stdout) as [
      { tenantId: string },
    ];
    const life = await runShown('Suspend, resume, remove', { TENANT: tenantId });
    expect(life.filter((line) => line.endsWith(' is completed'))).toHaveLength(3);
  },
  400_000,
);

test('the program of docs/client.md orders a tenant and prints where to log in', async () => {
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(read('docs/client.md')) ?? [];
  const file = join(dir, 'sign-up.ts');
  writeFileSync(file, program.replace('tenant-provisioner-client', join(ROOT, 'clients/typescript/src/index')));
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', file], {
    cwd: ROOT,
    env: { ...process.env, ...env() },
  });
  expect(stdout).toMatch(/Log in at https?:\/\//);
}, 180_000);

test('a declined card ends with status 1, and says in which step', async () => {
  const called = await call(['order', '-', '--watch'], newOrder({ paymentMethod: 'pm_card_chargeDeclined' }));
  expect(called).toMatchObject({ status: 1, stderr: '' });
  expect(called.stdout).toMatch(/op_\w+ is failed: PaymentMethodDeclined in integrations\n$/);
}, 180_000);

test('a hostile name is refused with status 3, and no control character is printed', async () => {
  const called = await call(['order', '-'], newOrder({ tenantName: 'acme\u001b[2J\u202Eevil' }));
  expect(called).toMatchObject({ status: 3, stdout: '' });
  expect(called.stderr).toContain('/tenantName');
  expect(called.stderr.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
});

test('an organization with a hostile name is listed without control characters', async () => {
  await call(['order', '-', '--watch'], newOrder({ organizationName: 'Acme \u2066 Ltd. 👩‍🔧' }));
  const { status, stdout } = await call(['list', '--limit', '5']);
  expect(status).toBe(0);
  expect(stdout.trimEnd()).not.toMatch(/\p{C}/u);
}, 180_000);

test('a token that may not decide is refused with status 3', async () => {
  const { operationId } = await product.order({ customizations: { storageQuotaGb: 10 } });
  expect(await call(['watch', operationId, '--json'])).toMatchObject({ status: 4 });
  expect(await call(['approve', operationId])).toMatchObject({ status: 3 });
  expect(await call(['cancel', operationId])).toMatchObject({ status: 0 });
  expect(await call(['watch', operationId])).toMatchObject({ status: 1 });
});
