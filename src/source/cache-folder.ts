import { isAbsolute, join } from 'node:path';

/**
 * The folder of this user for what pc may lose: by the rules of the platform. Undefined where nothing tells, or the user wants none.
 * In: the environment, and the platform as Node calls it.
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform: string = process.platform): string | undefined {
  if (env['PC_NO_CACHE']) return undefined;
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  const base = env['XDG_CACHE_HOME'];
  if (base !== undefined && isAbsolute(base)) return join(base, 'pc');
  if (platform === 'win32') return env['LOCALAPPDATA'] ? join(env['LOCALAPPDATA'], 'pc', 'Cache') : undefined;
  const home = env['HOME'] ?? '';
  if (!isAbsolute(home)) return undefined;
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'pc') : join(home, '.cache', 'pc');
}
