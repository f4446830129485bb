import { describe, expect, test } from 'vitest';
import { reportFailure } from '../../src/cli/report-failure.ts';
import { Failure } from '../../src/dump/failure.ts';
import { fakeIo } from '../support/fake-io.ts';

function reported(error: unknown, options: Parameters<typeof fakeIo>[0] = {}) {
  const io = fakeIo(options);
  return { status: reportFailure(error, io), out: io.stdout(), err: io.stderr() };
}

describe('a known failure', () => {
  const failure = new Failure({ id: 'PC1004', what: 'not JSON', place: 'dump.json:1:2', next: 'look there', cause: new Error('inner') });

  test('is told with its place and next step, on standard error, with status 2', () => {
    expect(reported(failure)).toEqual({ status: 2, out: '', err: 'error[PC1004]: not JSON\n  at    dump.json:1:2\n  next  look there\n' });
  });

  test('shows what caused it under PC_DEBUG alone', () => {
    expect(reported(failure).err).not.toContain('inner');
    expect(reported(failure, { env: { PC_DEBUG: '1' } }).err).toContain('Error: inner');
  });

  test('is red on a terminal', () => {
    expect(reported(failure, { colorErr: true }).err).toMatch(/^\u001b\[1;31merror\[PC1004\]\u001b\[0m: not JSON/);
  });
});

describe('anything else', () => {
  test('is a bug: told in a line, with how to report it and no stack', () => {
    const { status, err } = reported(new TypeError('x is undefined\nsecond line'));
    expect(status).toBe(2);
    expect(err).toMatch(/^error\[PC9000\]: pc itself failed: TypeError: x is undefined\n {2}next {2}this is a bug in pc: please report it/);
    expect(err.split('\n')).toHaveLength(3);
  });

  test('shows its stack under PC_DEBUG', () => {
    expect(reported(new TypeError('x'), { env: { PC_DEBUG: '1' } }).err).toContain('report-failure.test.ts');
  });

  test('may even be no error', () => {
    expect(reported('text').err).toContain('pc itself failed: text');
  });
});
