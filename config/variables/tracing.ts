import { z } from 'zod';
import { flag, web } from '../value-schemas';
import { variable } from '../variable';

/** The variables of OpenTelemetry that switch tracing on. Its SDK reads these and others of the same specification by itself. */
export const tracing = {
  OTEL_TRACES_EXPORTER: variable(
    z.enum(['otlp', 'none']).optional(),
    'whether traces are exported; by default they are if OTEL_EXPORTER_OTLP_ENDPOINT is set',
    'otlp',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(
    web.optional(),
    'the collector of traces, reached by OTLP over HTTP with protobuf',
    'http://127.0.0.1:4318',
  ),
  OTEL_SDK_DISABLED: variable(flag.optional(), 'whether tracing is off, whatever else is set', 'false'),
};
