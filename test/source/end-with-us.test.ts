import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { endWithUs } from '../../src/source/kube/end-with-us.ts';

const started: ChildProcess[] = [];
function sleeper(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  started.push(child);
  return child;
}
afterEach(() => {
  vi.restoreAllMocks();
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('a child of ours when someone ends the program', () => {
  test('ends, and the signal is raised once more where nobody else hears it', async () => {
    const heard = process.listeners('SIGHUP');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.removeAllListeners(signal);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const child = sleeper();
    endWithUs(child);
    process.emit('SIGHUP', 'SIGHUP');
    await once(child, 'exit');
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGHUP');
    for (const listener of heard) process.on('SIGHUP', listener);
  });

  test('ends, and who hears the signal too is left to tidy up', async () => {
    let tidied = false;
    const tidy = (): void => {
      tidied = true;
      process.off('SIGHUP', tidy);
    };
    process.on('SIGHUP', tidy);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const children = [sleeper(), sleeper()];
    for (const child of children) endWithUs(child);
    process.emit('SIGHUP', 'SIGHUP');
    await Promise.all(children.map((child) => once(child, 'exit')));
    expect(tidied).toBe(true);
    expect(kill).not.toHaveBeenCalled();
  });

  test('is forgotten when it has been stopped', () => {
    const before = process.listenerCount('SIGINT');
    const release = endWithUs(sleeper());
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    release();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
