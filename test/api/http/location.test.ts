import express from 'express';
import request from 'supertest';
import { defineRoute } from '../../../api/http/route';
import { pathPrefix } from '../../../api/http/path-prefix';
import { serveRoute } from '../../../api/http/serve-route';

/** Where an API at this public URL says that something is. */
async function locationAt(publicUrl: string, location: string): Promise<unknown> {
  const route = defineRoute({
    method: 'get',
    path: '/thing',
    operationId: 'thing',
    tag: 'Operating',
    summary: 'A thing',
    access: 'public',
    answers: { 202: { description: 'Accepted.' } },
    problems: [],
    handle: async () => ({ status: 202, headers: { location } }),
  });
  const app = express().get('/thing', serveRoute(route, pathPrefix(publicUrl)));
  return (await request(app).get('/thing')).headers['location'];
}

test.each([
  ['https://provisioner.example', '/v1/operations/op_1', '/v1/operations/op_1'],
  ['https://ops.example/provisioner/', '/v1/operations/op_1', '/provisioner/v1/operations/op_1'],
  ['https://ops.example/provisioner', 'https://store.example/archive', 'https://store.example/archive'],
])('an API at %s that points to %s answers %s', async (publicUrl, location, expected) => {
  expect(await locationAt(publicUrl, location)).toBe(expected);
});
