import { spawn } from 'node:child_process';

/** Shows a page in the user's browser. Out: whether the system has a program for it. */
export function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['cmd', '/c', 'start', '', url] : ['xdg-open', url];
  return new Promise((resolve) => {
    const child = spawn(program as string, args, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
