import type { ErrorRequestHandler } from 'express';
import { PAGE_POLICY } from '../http/security-headers';
import { pathPrefix } from '../http/path-prefix';
import { PROBLEMS } from '../http/problem-types';
import { ApiProblem } from '../http/problems';
import { escapeHtml, htmlPage } from '../pages/html';

/** Shows a browser a problem of the sign-in as a page with the way on. Programs get the problem itself. */
export function refusalPage(publicUrl: string): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (!(error instanceof ApiProblem) || request.accepts(['json', 'html']) !== 'html') return next(error);
    const { title } = PROBLEMS[error.type];
    const body = `<p>${escapeHtml(error.occurrence.detail ?? title)}</p>
<p><a href="sign-in">Sign in</a></p>`;
    response
      .status(error.status)
      .set({ ...error.occurrence.headers, 'cache-control': 'no-store', 'content-security-policy': PAGE_POLICY })
      .type('html')
      .send(htmlPage(pathPrefix(publicUrl), title, body));
  };
}
