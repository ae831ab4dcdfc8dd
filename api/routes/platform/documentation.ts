import { describeApi } from '../../http/openapi';
import { defineRoute, type Route } from '../../http/route';

/** `GET /openapi.json`, which describes the other routes and itself. */
export function documentationRoutes(others: Route[], publicUrl: string): Route[] {
  let document: object | undefined;
  const routes: Route[] = [
    defineRoute({
      method: 'get',
      path: '/openapi.json',
      operationId: 'getOpenApi',
      tag: 'Operating',
      summary: 'Get this API’s OpenAPI 3.1 document',
      description: 'Built from the same schemas that requests are checked against.',
      access: 'public',
      answers: { 200: { description: 'The document.', contentType: 'application/json' } },
      problems: [],
      handle: () => {
        document ??= describeApi([...others, ...routes], publicUrl);
        return Promise.resolve({ status: 200, body: document });
      },
    }),
  ];
  return routes;
}
