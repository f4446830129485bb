import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProxies } from '../../src/cli/load-proxy.ts';
import { buildProxyConfig } from '../../src/decode/build-proxy-config.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnose.ts';
import type { ChainAnswer } from '../../src/follow/chain-answer.ts';
import { explainChain } from '../../src/follow/explain-chain.ts';
import { ProxyDirectory } from '../../src/follow/find-owner.ts';
import { followRequest } from '../../src/follow/follow-request.ts';
import type { FollowedProxy } from '../../src/follow/followed-proxy.ts';
import type { ChainRequest, ObservedChain } from '../oracle/record/chain-case.ts';
import { projectRoot } from './project-root.ts';

/** A request of a snapshot of several proxies: what pc says of it, and what the Envoys did. */
export interface RecordedChain {
  /** `chain-wrong-port items`: the snapshot and the request. */
  readonly name: string;
  readonly chain: ChainAnswer;
  readonly diagnostics: readonly Diagnostic[];
  readonly observed: ObservedChain;
}

const SNAPSHOTS = join(projectRoot(), 'snapshots');

/** The snapshots of several proxies, by name. */
export const CHAIN_SNAPSHOTS: readonly string[] = readdirSync(SNAPSHOTS).filter((name) => existsSync(join(SNAPSHOTS, name, 'chains.json')));

/** The proxies of a folder, each with the name that `--proxy` takes. */
export async function proxiesIn(folder: string): Promise<readonly FollowedProxy[]> {
  const inputs = await loadProxies({ files: [folder] });
  return inputs.map((input) => ({ name: input.name, config: buildProxyConfig(input.name, input.documents, input.notes) }));
}

/** Follows every request of a snapshot. */
export async function recordedChains(name: string): Promise<readonly RecordedChain[]> {
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(SNAPSHOTS, name, file), 'utf8')) as T;
  const proxies = await proxiesIn(join(SNAPSHOTS, name));
  const { answers } = read<{ answers: ObservedChain[] }>('chains.json');
  return read<{ requests: ChainRequest[] }>('case.json').requests.map(({ start, ...request }) => {
    const first = proxies.find((proxy) => proxy.name === start);
    const observed = answers.find(({ id }) => id === request.id);
    if (first === undefined || observed === undefined) throw new Error(`${name}: ${request.id} has no proxy ${start}, or no recorded answer`);
    const chain = followRequest(first, request, new ProxyDirectory(proxies));
    return { name: `${name} ${request.id}`, chain, diagnostics: explainChain(chain, proxies).flatMap((leg) => leg.diagnostics), observed };
  });
}
