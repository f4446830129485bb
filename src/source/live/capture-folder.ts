import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../../dump/failure.ts';

/** What a capture says about itself: `manifest.json` in its folder. Grows by members; a member that changes its meaning raises the version. */
export interface CaptureManifest {
  readonly kind: 'pc-capture';
  readonly version: 1;
  readonly pc: string;
  readonly started: string;
  finished?: string;
  readonly redacted: boolean;
  readonly context?: string;
  readonly server?: string;
  proxies: CapturedProxy[];
}

export interface CapturedProxy {
  /** `pod.namespace`, or the address of --url. */
  readonly name: string;
  /** Its folder within the capture. */
  readonly folder: string;
  readonly pod?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly image?: string;
  readonly product?: string;
  readonly adminPort?: number;
  readonly envoyVersion?: string;
  readonly captured: string;
  readonly files: readonly { readonly file: string; readonly request: string; readonly bytes: number }[];
  /** What the proxy did not give. */
  readonly missing: readonly { readonly request: string; readonly why: string }[];
}

const MANIFEST = 'manifest.json';

/** A folder that a capture is written to. Files get their names when they are whole, so that an interrupted capture can go on. */
export class CaptureFolder {
  readonly path: string;

  /** Throws Failure PC1123 where the folder cannot be made. */
  constructor(path: string) {
    this.path = path;
    this.attempt(path, () => mkdirSync(path, { recursive: true }));
  }

  /** The manifest of an earlier, interrupted capture in this folder. Throws Failure PC1123 where the folder holds something else. */
  earlier(): CaptureManifest | undefined {
    const file = join(this.path, MANIFEST);
    if (!existsSync(file)) return undefined;
    try {
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as CaptureManifest;
      if (manifest.kind === 'pc-capture') return manifest;
    } catch {
      // told below
    }
    throw new Failure({ id: 'PC1123', what: `${file} is not the manifest of a capture`, place: file, next: 'give a folder of its own with -o' });
  }

  writeManifest(manifest: CaptureManifest): void {
    this.writeWhole(MANIFEST, [new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`)]);
  }

  /** Writes a file from its pieces. Out: its size. Nothing of it is left where a piece fails. */
  writeWhole(name: string, pieces: Iterable<Uint8Array>): number {
    const file = join(this.path, name);
    const partial = `${file}.partial`;
    return this.attempt(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      const handle = openSync(partial, 'w', 0o600);
      let size = 0;
      try {
        for (const piece of pieces) {
          for (let at = 0; at < piece.length; ) at += writeSync(handle, piece, at);
          size += piece.length;
        }
      } catch (error) {
        rmSync(partial, { force: true });
        throw error;
      } finally {
        closeSync(handle);
      }
      renameSync(partial, file);
      return size;
    });
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }

  private attempt<T>(file: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Failure({
        id: 'PC1123',
        what: `${file} cannot be written: ${why}`,
        place: file,
        next: 'check the folder, its permissions and the space on its disk',
        cause,
      });
    }
  }
}
