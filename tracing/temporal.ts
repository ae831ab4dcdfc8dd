import { trace, type Span, type Tracer } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
  type OpenTelemetrySinks,
} from '@temporalio/interceptors-opentelemetry';
import type { Context } from '@temporalio/activity';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../contract/temporal/search-attributes';
import { ATTRIBUTES, attributesOfInput, attributesOfQueue, attributesOfRun, errorType } from './attributes';

/** What Temporal's clients and workers take so that traces go on in runs and activities. */
export interface TemporalTracing {
  clientInterceptors: { workflow: WorkflowClientInterceptor[] };
  /** To be a worker's first ones, so that they see what the other interceptors make of an error. */
  activityInterceptors: ActivityInterceptorsFactory[];
  /** Takes the spans of workflows, which the interceptors in the workflow bundle send. */
  sinks: InjectedSinks<OpenTelemetrySinks>;
}

/** The SDK's interceptors, which pass the trace on in Temporal's headers, with our attributes added. */
export function temporalTracing(tracer: Tracer, processor: SpanProcessor, resource: Resource): TemporalTracing {
  const { export: workflowSpans } = makeWorkflowExporter(processor, resource);
  return {
    clientInterceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor({ tracer })] },
    activityInterceptors: [
      (context) => ({
        inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }),
        outbound: new OpenTelemetryActivityOutboundInterceptor(context),
      }),
      describeActivity,
    ],
    sinks: {
      exporter: {
        export: {
          fn: (info, spans) => {
            const { workflowType, workflowId, searchAttributes } = info;
            const about = {
              ...attributesOfRun(workflowType, workflowId),
              ...attributesOfSearch(searchAttributes),
            };
            return workflowSpans.fn(
              info,
              spans.map((span) => ({ ...span, attributes: { ...span.attributes, ...about } })),
            );
          },
        },
      },
    },
  };
}

/** What a run can be searched by. The typed form has no methods here, because it has been copied from the workflows' thread. */
function attributesOfSearch(searchAttributes: Record<string, readonly unknown[] | undefined>): Record<string, string> {
  const { tenant, plan, region } = SEARCH_ATTRIBUTES;
  const names = { [ATTRIBUTES.tenantId]: tenant, [ATTRIBUTES.plan]: plan, [ATTRIBUTES.region]: region };
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, key]) => {
      const value = searchAttributes[key.name]?.[0];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/**
 * Adds to an attempt's span what it is about, and the type of its failure, and names the span in the log line of the attempt's end: the SDK
 * writes that line after the span has ended, when the interceptor of its library no longer finds it.
 */
function describeActivity({ info }: Context): ReturnType<ActivityInterceptorsFactory> {
  let span: Span | undefined;
  return {
    outbound: {
      getLogAttributes: (input, next) => {
        if (!span) return next(input);
        const { traceId, spanId } = span.spanContext();
        return next({ trace_id: traceId, span_id: spanId, ...input });
      },
    },
    inbound: {
      execute: async (input, next) => {
        span = trace.getActiveSpan();
        span?.setAttributes({
          ...attributesOfRun(info.workflowType ?? '', info.workflowExecution?.workflowId ?? ''),
          ...attributesOfQueue(info.taskQueue),
          ...attributesOfInput(input.args[0]),
          [ATTRIBUTES.attempt]: info.attempt,
        });
        try {
          return await next(input);
        } catch (error) {
          span?.setAttribute('error.type', errorType(error));
          throw error;
        }
      },
    },
  };
}
