/** SQL of the latest time at which something happened to the operation of the query's row, or may still happen at a provider. */
export const LAST_SIGN_OF_LIFE = `greatest(operation.updated_at, operation.started_at,
  (select max(greatest(step_event.started_at, step_event.ended_at)) from step_event
   where step_event.operation_id = operation.operation_id),
  (select max(greatest(resource.updated_at, resource.in_flight_until)) from resource
   where resource.operation_id = operation.operation_id))`;
