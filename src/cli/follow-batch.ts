import { type FollowOptions, followRequest } from '../follow/follow-request.ts';
import type { TraceRequest } from '../match/request.ts';
import { directoryOf } from './chain-owners.ts';
import { asFollowed, chainDocument } from './followed-proxy.ts';
import type { Io } from './io.ts';
import { answerEach } from './trace-batch.ts';
import type { TraceInput } from './trace-input.ts';

/**
 * Follows one request a line over the given proxies: each answer is that of the first proxy, with `proxies` and `chain` besides, and without
 * hops. Proxies that are not given are not looked up. Throws Failure PC1021 for a line that is no request.
 */
export async function followBatch(
  input: TraceInput,
  file: string,
  { random, calls, owners }: { readonly random: bigint | undefined; readonly calls: readonly TraceRequest[]; readonly owners: readonly string[] },
  io: Io,
): Promise<void> {
  const all = (input.kind === 'chain' ? input.all : input.inputs).map(asFollowed);
  const name = input.kind === 'chain' ? input.first.name : all[0]?.name;
  const first = all.find((proxy) => proxy.name === name);
  if (first === undefined) return;
  const directory = directoryOf(all, owners);
  const options: FollowOptions = { terse: true, calls, ...(random === undefined ? {} : { random }) };
  await answerEach(
    (request) => {
      const chain = followRequest(first, request, directory, options);
      const { id = null } = request;
      return { ...chain.legs[0]?.answer, id, ...chainDocument(chain, []) };
    },
    file,
    io,
  );
}
