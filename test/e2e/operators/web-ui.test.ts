import type { Browser, Frame, Page } from 'playwright-core';
import { operationPath, pageOf } from '../../../providers/mail/calls';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { hasBrowser, startBrowser } from '../../helpers/browser/browser';
import { startTestProduct, type Ordered, type TestProduct } from '../../helpers/product';
import { eventually } from '../../stack/eventually';

const suite = hasBrowser() ? describe : describe.skip;
if (!hasBrowser()) test.todo('the Temporal Web UI in a browser: not run, this machine has no Chromium');

suite('the Temporal Web UI in a browser', () => {
  let product: TestProduct;
  let run: Ordered;
  let browser: Browser;

  beforeAll(async () => {
    [product, browser] = await Promise.all([startTestProduct(), startBrowser()]);
    run = await product.order();
    await product.order();
    await product.untilEnded(run.operationId);
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  /** Opens the namespace's runs, or a filtered list of them, in a fresh browser. */
  async function open(path: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${product.endpoints.temporal!.ui}/namespaces/${product.namespace}/workflows${path}`);
    return page;
  }
  const ofRun = (): string => `/${encodeURIComponent(operationWorkflowId(run.operationId))}`;

  /** Follows the steps that `/codec` shows an operator; returns the endpoint to paste. */
  async function signIn(page: Page, token: string): Promise<string> {
    await page.goto(`${product.url}/codec`);
    await page.getByLabel('API token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('status').filter({ hasText: 'Signed in' }).waitFor();
    return page.locator('#endpoint').innerText();
  }

  test('shows a run’s summary and current details without a key, but not its input', async () => {
    const page = await open(ofRun());
    await page
      .locator('#content .cm-content', { hasText: /^"[A-Za-z0-9+/=]{100,}"$/ })
      .first()
      .waitFor();
    expect(await page.locator('#content').innerText()).not.toContain(run.tenantId);
    await page.getByText('User Metadata').click();
    await shownInFrame(page, `Provision starter tenant ${run.tenantId}`);
    await shownInFrame(page, '10 of 10 steps');
  });

  test('a mail’s link to the API opens after sign-in and leads to the tenant', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(pageOf(product.url, operationPath(run.operationId)));
    await page.getByText(`Sign in to see /v1/operations/${run.operationId}.`).waitFor();
    await page.getByLabel('Your API token').fill('no-such-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is unknown, expired or revoked').waitFor();
    await page.getByLabel('Your API token').fill(product.tokens.operator);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .locator('#answer dd', { hasText: /^active$/ })
      .first()
      .waitFor();
    await page.locator(`#answer a[href="#/v1/tenants/${run.tenantId}"]`).first().click();
    await page.locator('#answer dt', { hasText: /^tenantName$/ }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    expect(await page.locator('#answer').innerText()).toBe('');
    await page.reload();
    await page.getByText('Sign in to see').waitFor();
  });

  test('finds every run of a tenant, and no other, by its id', async () => {
    const page = await open(`?query=${encodeURIComponent(`TenantId = "${run.tenantId}"`)}`);
    await page.getByRole('link', { name: operationWorkflowId(run.operationId) }).waitFor();
    const rows = await page.locator('tbody').innerText();
    expect(rows).toMatch(/backup\/bk_/);
    expect(rows.match(/operation\/op_/g)).toHaveLength(1);
  });

  test('shows the decrypted input of a run when the operator has done what /codec says', async () => {
    const page = await open(ofRun());
    const endpoint = await signIn(await page.context().newPage(), product.tokens.operator);

    await page.getByTestId('data-encoder-status').click();
    await page.getByText('Use my browser setting').click();
    await page.getByPlaceholder('Paste your endpoint here').fill(endpoint);
    await page.getByText('Include cross-origin credentials').click();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.reload();

    await page.locator('#content .cm-content', { hasText: run.tenantId }).first().waitFor();
  });
});

/** The Web UI renders a run's texts in frames, so that their markup is harmless. */
async function shownInFrame(page: Page, text: string): Promise<void> {
  await eventually(async () => {
    const texts = await Promise.all(page.frames().map((frame) => textOf(frame)));
    return texts.some((each) => each.includes(text));
  }, 30_000);
}

/** Text of a frame; empty while the frame is being replaced. */
function textOf(frame: Frame): Promise<string> {
  return frame
    .locator('body')
    .innerText()
    .catch(() => '');
}
