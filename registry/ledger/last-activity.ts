/** SQL expression for the latest time at which anything happened to the query's `operation`, or may still happen to it at a provider. */
export const LAST_ACTIVITY = `greatest(operation.updated_at, operation.started_at,
  (select max(greatest(step_event.started_at, step_event.ended_at)) from step_event
   where step_event.operation_id = operation.operation_id),
  (select max(greatest(resource.updated_at, resource.in_flight_until)) from resource
   where resource.operation_id = operation.operation_id))`;
