import { ForeignKeyConstraintViolationException, UniqueConstraintViolationException } from '@mikro-orm/core';
import { describe, expect, it } from 'vitest';
import { isForeignKeyViolation, refusalOf } from '../../../src/kernel/constraints.js';
import { AppError, badInput, conflict, statusOfCode } from '../../../src/kernel/errors.js';

const constraints = [
  {
    index: 'cars_vin_unique',
    columns: 'cars.dealer_id, cars.vin',
    error: () => conflict('This VIN is taken.'),
  },
  { index: 'users_email_unique', columns: 'users.email', error: () => badInput({ email: ['Taken.'] }) },
];
const driverError = (message: string, more: object) => Object.assign(new Error(message), more);

describe('a violated unique index', () => {
  it.each([
    ['PostgreSQL, plainly', driverError('duplicate key', { code: '23505', constraint: 'cars_vin_unique' })],
    [
      'SQLite, plainly',
      driverError('UNIQUE constraint failed: cars.dealer_id, cars.vin', { code: 'SQLITE_CONSTRAINT_UNIQUE' }),
    ],
    [
      'PostgreSQL, by MikroORM',
      new UniqueConstraintViolationException(new Error('duplicate key value violates "cars_vin_unique"')),
    ],
    [
      'SQLite, by MikroORM',
      new UniqueConstraintViolationException(new Error('UNIQUE constraint failed: cars.dealer_id, cars.vin')),
    ],
  ])('is the refusal that its room named, told by %s', (_who, error) => {
    expect(refusalOf(error, constraints)?.message).toBe('This VIN is taken.');
  });

  it('that no room named stays a bug', () => {
    const error = driverError('x', { code: '23505', constraint: 'other_unique' });
    expect(refusalOf(error, constraints)).toBeNull();
  });

  it('is not what merely mentions an index', () => {
    expect(refusalOf(new Error('see "cars_vin_unique"'), constraints)).toBeNull();
    expect(refusalOf('cars_vin_unique', constraints)).toBeNull();
    expect(
      refusalOf(driverError('x', { code: '23503', constraint: 'cars_vin_unique' }), constraints),
    ).toBeNull();
  });

  it('is no foreign key', () => {
    expect(isForeignKeyViolation(new ForeignKeyConstraintViolationException(new Error('x')))).toBe(true);
    expect(isForeignKeyViolation(new UniqueConstraintViolationException(new Error('x')))).toBe(false);
  });
});

describe('AppError', () => {
  it.each(Object.entries(statusOfCode))('%s is told with status %i', (code, status) => {
    const error = new AppError(code as keyof typeof statusOfCode, 'No.', { minimum: '1.00' });
    expect(error.statusCode).toBe(status);
    expect(error.toJSON()).toEqual({
      message: 'No.',
      extensions: { code, statusCode: status, minimum: '1.00' },
    });
  });

  it('tells the first of several faults as its message, and all as fields', () => {
    const error = badInput({ year: ['Too old.', 'Odd.'], make: ['Unknown.'] });
    expect(error.message).toBe('year: Too old.');
    expect(error.fields).toEqual({ year: ['Too old.', 'Odd.'], make: ['Unknown.'] });
    expect(badInput({}).message).toBe('The input is not valid.');
  });
});
