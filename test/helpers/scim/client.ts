import type { Express } from 'express';
import request, { type Response } from 'supertest';

/** Sends requests as a customer's directory does. */
export class ScimClient {
  constructor(
    readonly app: Express,
    readonly tenantId: string,
    readonly token: string,
  ) {}

  async send(method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, body?: object): Promise<Response> {
    const sent = request(this.app)[method](`/scim/v2/${this.tenantId}${path}`).auth(this.token, { type: 'bearer' });
    return body === undefined ? sent : sent.type('application/scim+json').send(JSON.stringify(body));
  }

  get = (path: string) => this.send('get', path);
  post = (path: string, body: object) => this.send('post', path, body);
  put = (path: string, body: object) => this.send('put', path, body);
  patch = (path: string, ...operations: object[]) =>
    this.send('patch', path, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: operations,
    });
  delete = (path: string) => this.send('delete', path);

  /** The resources that a filter finds. */
  async find(path: string, filter: string): Promise<Record<string, unknown>[]> {
    const { body, status } = await this.get(`${path}?filter=${encodeURIComponent(filter)}`);
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return (body as { Resources: Record<string, unknown>[] }).Resources;
  }
}

/** Asserts an error of RFC 7644 §3.12. */
export function expectScimError(response: Response, status: number, scimType?: string): string {
  expect({ status: response.status, body: response.body as unknown }).toMatchObject({
    status,
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status) },
  });
  expect(response.headers['content-type']).toMatch(/^application\/scim\+json/);
  const body = response.body as { scimType?: string; detail: string };
  expect(body.scimType).toBe(scimType);
  return body.detail;
}
