import { roomOf } from '../../../api/preview/place';

const cell = (name: string, free: number) => ({ cell: name, capacity: 1000, free });

test('as many tenants fit as the scarcest kind allows', () => {
  const room = roomOf(
    { database: 1, storage: 1, compute: 400 },
    { database: [cell('db-1', 3), cell('db-2', 2)], storage: [cell('s3', 9)], compute: [cell('cell-1', 10_000)] },
  );
  expect(room).toMatchObject({ places: 5, database: { capacity: 2000, free: 5 }, storage: { free: 9 } });
});

test('a tenant takes its compute from one cell, so remainders of several cells do not add up', () => {
  const room = roomOf(
    { database: 1, storage: 1, compute: 400 },
    { database: [cell('db', 9)], storage: [cell('s3', 9)], compute: [cell('cell-1', 700), cell('cell-2', 300)] },
  );
  expect(room).toMatchObject({ places: 1, compute: { free: 1000 } });
});

test('a cell whose capacity was lowered below its use has no room', () => {
  const overused = { database: [cell('db', -2)], storage: [cell('s3', 9)], compute: [cell('cell', 900)] };
  expect(roomOf({ database: 1, storage: 1, compute: 400 }, overused)).toMatchObject({
    places: 0,
    database: { free: 0 },
  });
});
