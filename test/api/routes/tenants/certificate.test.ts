import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { verifyCertificate } from '../../../../cli/verify-certificate/verify';
import { auditKeysSchema } from '../../../../contract/schemas/audit-schema';
import { signedCertificateSchema } from '../../../../contract/schemas/tenants/certificate-schema';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness } from '../../../helpers/api';
import { testSigner } from '../../../helpers/audit/audit-chain';
import { hasBrowser, startBrowser } from '../../../helpers/browser/browser';
import { certificate, issueCertificate } from '../../../helpers/audit/certificates';
import { placeOrder, type Ordered } from '../../../helpers/tenants/operations';

const BROWSER = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
const signer = testSigner();
let api: ApiHarness;
let tenant: Ordered;
let certificateId: string;

beforeAll(async () => {
  api = await startApiHarness();
  tenant = await placeOrder(await api.as(['tenants:order']));
  ({ certificateId } = await issueCertificate(api.registry.pool, signer, tenant));
});
afterAll(() => api.stop());

const url = ({ tenantId }: Pick<Ordered, 'tenantId'> = tenant): string => `/v1/tenants/${tenantId}/certificate`;

async function page(of: Ordered = tenant) {
  const token = await api.token(['tenants:read']);
  return request(api.app).get(url(of)).auth(token, { type: 'bearer' }).set('accept', BROWSER);
}

test('the certificate can be verified with nothing but the public keys', async () => {
  const response = await (await api.as(['tenants:read'])).get(url());
  const document = expectAnswer(response, 200, signedCertificateSchema);
  expect(response.headers).toMatchObject({
    vary: expect.stringContaining('Accept') as string,
    'cache-control': 'private, no-store',
  });
  const keys = auditKeysSchema.parse((await request(api.app).get('/v1/audit/keys')).body);
  expect(await verifyCertificate({ document, keys })).toMatchObject({ verdict: 'valid', findings: [] });
});

test('a reader meets the headline before the details', async () => {
  const { text } = await (await api.as(['tenants:read'])).get(url());
  expect(text.indexOf('"headline"')).toBeLessThan(text.indexOf('"resources"'));
});

test('neither the tenant’s name nor anything else of the order is in it', async () => {
  const { text } = await (await api.as(['tenants:read'])).get(url());
  const { tenantName, organizationName, adminUser } = tenant.order;
  for (const personal of [tenantName, organizationName, adminUser.email, adminUser.lastName])
    expect(text).not.toContain(personal);
});

test('a tenant without a certificate is a 404 that says why', async () => {
  const other = await placeOrder(await api.as(['tenants:order']));
  const problem = expectProblem(await (await api.as(['tenants:read'])).get(url(other)), 'not-found');
  expect(problem.detail).toBe(
    'The tenant is provisioning and has no certificate. One is issued at the end of a removal.',
  );
});

test('the orderer may read it, and a caller who may not see the tenant learns nothing', async () => {
  expect((await (await api.as(['tenants:order'])).get(url())).status).toBe(200);
  expectProblem(await (await api.as(await api.token(['tenants:order'], 'another'))).get(url()), 'not-found');
  expectProblem(await (await api.as(['approvals:decide'])).get(url()), 'forbidden');
});

test('a browser gets a page for printing that runs nothing and escapes everything', async () => {
  const hostile = await placeOrder(await api.as(['tenants:order']));
  const [leftover] = certificate().accepted;
  await issueCertificate(api.registry.pool, signer, hostile, {
    accepted: [{ ...leftover!, reason: '<script>alert(1)</script> & "more"' }],
  });
  const { status, headers, text } = await page(hostile);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
  const allowed = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toContain(`style-src 'sha256-${allowed}'`);
  expect(headers['content-security-policy']).toContain(`default-src 'none'`);
  expect(style).toContain('@media print');
  expect(text).not.toMatch(/<script|<link/);
  expect(text).toContain('&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;more&#34;');
  expect(text).toContain('Not removed: leftovers that an operator has taken over');
});

const inBrowser = hasBrowser() ? test : test.skip;

inBrowser('the page shows its tables in a browser, without a violation of its policy, and fits on paper', async () => {
  const server = api.app.listen(0, '127.0.0.1');
  const browser = await startBrowser();
  try {
    const { port } = server.address() as AddressInfo;
    const authorization = `Bearer ${await api.token(['tenants:read'])}`;
    const shown = await (await browser.newContext({ extraHTTPHeaders: { authorization } })).newPage();
    const complaints: string[] = [];
    shown.on('console', (message) => void complaints.push(message.text()));
    // A browser asks every site for this.
    await shown.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
    await shown.goto(`http://127.0.0.1:${port}${url()}`);
    expect(await shown.getByRole('heading', { level: 1 }).innerText()).toBe(`Certificate of removal ${certificateId}`);
    expect(await shown.getByRole('heading', { level: 2 }).allInnerTexts()).toEqual([
      ...['Not removed: leftovers that an operator has taken over', 'Removed', 'Keys', 'What stays', 'Signature'],
    ]);
    await shown.emulateMedia({ media: 'print' });
    await shown.setViewportSize({ width: 1032, height: 700 });
    // A4 across, within its margins: nothing is cut off.
    expect(await shown.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(
      true,
    );
    expect((await shown.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(1_000);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    server.close();
  }
});
