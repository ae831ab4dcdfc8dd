/** @jest-environment jsdom */
import { render } from '@testing-library/react';
import { Prose } from '../../../console/parts/prose';

test('a time in a text of the API is shown like every other time, with UTC on hover; the words around it stay', () => {
  const { container } = render(<Prose text="No answer since 2026-01-01 12:00:01 UTC. Ask `/readyz`." />);
  const time = container.querySelector('time')!;
  expect(time.dateTime).toBe('2026-01-01T12:00:01Z');
  expect(time.title).toContain('2026-01-01 12:00:01 UTC');
  expect(container.textContent).toBe(`No answer since ${time.textContent}. Ask /readyz.`);
  expect(container.querySelector('code')!.textContent).toBe('/readyz');
});
