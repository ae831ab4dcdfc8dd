import { SpanStatusCode } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { redacting } from '../../tracing/redact';

test('an error’s message and stack, and whatever else a library records, stay in the process', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(redacting(exporter))] });
  const span = provider.getTracer('test').startSpan('HandleUpdate:amend for edith@quarry.example');
  span.setAttributes({ 'provisioner.step': 'reserve', 'db.statement': 'select secret' });
  span.recordException(new TypeError('secret of edith@quarry.example'));
  span.addEvent('secret of edith@quarry.example');
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'secret' });
  span.end();
  const [sent] = exporter.getFinishedSpans();
  expect(sent).toMatchObject({
    name: 'HandleUpdate',
    status: { code: SpanStatusCode.ERROR },
    attributes: { 'provisioner.step': 'reserve' },
    events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError' } }],
  });
  expect(JSON.stringify({ ...sent, resource: undefined })).not.toMatch(/secret|edith|select/);
  expect(sent!.spanContext()).toMatchObject({ traceId: span.spanContext().traceId });
});
