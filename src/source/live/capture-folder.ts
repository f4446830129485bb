import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../dump/failure.ts';
import { writeInTurns, writeNow } from './partial-file.ts';

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
    try {
      mkdirSync(path, { recursive: true });
    } catch (cause) {
      throw unwritable(path, cause);
    }
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

  /** Throws Failure PC1123 where it cannot be written. */
  writeManifest(manifest: CaptureManifest): void {
    const file = join(this.path, MANIFEST);
    try {
      writeNow(file, [new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`)]);
    } catch (cause) {
      throw unwritable(file, cause);
    }
  }

  /** Writes a file from its pieces, while other work goes on. Out: its size. Nothing of it is left where a piece fails, or the signal is aborted. */
  async writeWhole(name: string, pieces: Iterable<Uint8Array>, signal?: AbortSignal): Promise<number> {
    const file = join(this.path, name);
    try {
      return await writeInTurns(file, pieces, signal);
    } catch (cause) {
      throw signal?.aborted ? cause : unwritable(file, cause);
    }
  }

  has(name: string): boolean {
    return existsSync(join(this.path, name));
  }
}

function unwritable(file: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const what = `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new Failure({ id: 'PC1123', what, place: file, next: 'check the folder, its permissions and the space on its disk', cause });
}
