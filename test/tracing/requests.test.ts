import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import express from 'express';
import request from 'supertest';
import { traceRequests } from '../../tracing/requests';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const seen: unknown[] = [];
const app = express();
app.use(traceRequests(provider.getTracer('test'), ({ path }) => path === '/healthz'));
app.get('/things/:id', (asked, response) => {
  Object.assign(asked, { routePath: '/things/{id}' });
  seen.push([trace.getActiveSpan()?.spanContext().traceId, propagation.getActiveBaggage()]);
  response.status(asked.params.id === 'broken' ? 503 : 200).end();
});
app.get('/healthz', (_request, response) => void response.end());

beforeAll(() => {
  provider.register({
    contextManager: new AsyncLocalStorageContextManager(),
    propagator: new W3CTraceContextPropagator(),
  });
});
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});
beforeEach(() => {
  exporter.reset();
  seen.length = 0;
});

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

test('a request continues the trace of its caller, and takes nothing else of the caller’s', async () => {
  await request(app)
    .get('/things/1')
    .set('traceparent', `00-${TRACE}-${PARENT}-01`)
    .set('tracestate', 'vendor=edith')
    .set('baggage', 'user=edith');
  const [span] = exporter.getFinishedSpans();
  expect(span).toMatchObject({
    name: 'GET /things/{id}',
    parentSpanId: PARENT,
    attributes: { 'http.request.method': 'GET', 'http.route': '/things/{id}', 'http.response.status_code': 200 },
  });
  expect(span!.spanContext()).toMatchObject({ traceId: TRACE });
  expect(span!.spanContext().traceState).toBeUndefined();
  expect(seen).toEqual([[TRACE, undefined]]);
});

test('a caller that does not record its trace has none recorded here', async () => {
  await request(app).get('/things/1').set('traceparent', `00-${TRACE}-${PARENT}-00`);
  expect(exporter.getFinishedSpans()).toEqual([]);
  expect(seen).toEqual([[TRACE, undefined]]);
});

test.each(['nonsense', `00-${'0'.repeat(32)}-${PARENT}-01`])(
  'the traceparent %s begins a trace of its own',
  async (header) => {
    await request(app).get('/things/broken').set('traceparent', header);
    expect(exporter.getFinishedSpans()).toMatchObject([{ name: 'GET /things/{id}', status: { code: 2 } }]);
    expect(exporter.getFinishedSpans()[0]!.parentSpanId).toBeUndefined();
  },
);

test('a probe has no span, and a path without a route is not named', async () => {
  await request(app).get('/healthz');
  await request(app).get('/edith@quarry.example');
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['GET']);
});
