import { Slots } from '../../../api/events/slots';
import { ApiProblem } from '../../../api/http/problems';

test('a caller gets no more than its share, and others still get theirs', () => {
  const slots = new Slots({ perCaller: 2, inAll: 10 });
  const free = slots.take('ada');
  slots.take('ada');
  expect(() => slots.take('ada')).toThrow(ApiProblem);
  slots.take('grace');
  free();
  free();
  expect(slots.open).toBe(2);
  slots.take('ada');
  expect(() => slots.take('ada')).toThrow(/2 event streams/);
});

test('all callers together get no more than a process can hold', () => {
  const slots = new Slots({ perCaller: 2, inAll: 3 });
  for (const caller of ['a', 'b', 'c']) slots.take(caller);
  expect(() => slots.take('d')).toThrow(ApiProblem);
});
