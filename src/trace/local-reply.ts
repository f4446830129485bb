import { compileHeader } from '../match/header-matcher.ts';
import type { RequestHeaders } from '../match/request-headers.ts';
import { isGrpcRequest } from '../match/route-entry.ts';
import { type RuntimeLookup, runtimeFraction } from '../match/runtime-fraction.ts';
import type { AccessLogFilter, LocalReplyConfig } from '../model/generated/envoy-api.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './trace-answer.ts';

/** A reply that Envoy itself makes, before it is dressed for the client. */
export interface LocalReply {
  readonly verdict: 'answered' | 'broken';
  readonly status: number;
  readonly flags: string | null;
  readonly details: string;
  readonly location?: string | undefined;
  /** grpc-status that the reply sets by itself. */
  readonly grpcStatus?: number | undefined;
  readonly break?: string | undefined;
  /** Not made by sendLocalReply, and so without mapper and gRPC status: the answer to a CORS preflight. */
  readonly isPlain?: boolean;
  /** The codec refused the bytes, so that nobody knows of a gRPC request. */
  readonly isFromCodec?: boolean;
  /** The client gets no response: its stream or connection is reset. */
  readonly isReset?: boolean;
}

/** grpc-status by HTTP status. Source: source/common/grpc/status.cc Utility::httpToGrpcStatus. */
const GRPC_STATUS: Readonly<Record<number, number>> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 };

export interface ReplyContext {
  readonly headers: RequestHeaders;
  readonly localReplyConfig: LocalReplyConfig | undefined;
  readonly runtime: RuntimeLookup;
}

/**
 * The reply as the client gets it: local_reply_config may change the status; a gRPC request is answered with 200 and grpc-status.
 * Returns undefined where a mapper of local_reply_config is one that pc does not model.
 * Source: source/common/http/utility.cc Utility::prepareLocalReply; source/common/local_reply/local_reply.cc.
 */
export function replyOutcome(reply: LocalReply, context: ReplyContext): Outcome | undefined {
  const status = reply.isPlain === true ? reply.status : mappedStatus(reply, context);
  if (status === undefined) return undefined;
  const grpc = reply.isPlain !== true && reply.isFromCodec !== true && isGrpcRequest(context.headers);
  return outcome({
    verdict: reply.verdict,
    status: reply.isReset === true ? null : grpc ? 200 : status,
    connection: reply.isReset === true ? 'closed' : null,
    flags: reply.flags,
    details: reply.details,
    location: reply.location ?? null,
    grpc_status: grpc ? (reply.grpcStatus ?? GRPC_STATUS[status] ?? 2) : null,
    break: reply.break ?? null,
  });
}

/** The first mapper whose filter matches rewrites the status. */
function mappedStatus(reply: LocalReply, context: ReplyContext): number | undefined {
  for (const mapper of context.localReplyConfig?.mappers ?? []) {
    const matched = mapper.filter === undefined ? undefined : matchesFilter(mapper.filter, reply, context);
    if (matched === undefined) return undefined;
    if (matched) return mapper.status_code ?? reply.status;
  }
  return reply.status;
}

/** Access-log filters as far as a local reply can be judged by them; undefined for the others. Source: access_log_impl.cc. */
function matchesFilter(filter: AccessLogFilter, reply: LocalReply, context: ReplyContext): boolean | undefined {
  if (filter.status_code_filter !== undefined) {
    const { op = 'EQ', value } = filter.status_code_filter.comparison ?? {};
    const wanted = value?.default_value ?? 0;
    if (op === 'EQ') return reply.status === wanted;
    if (op === 'GE') return reply.status >= wanted;
    if (op === 'LE') return reply.status <= wanted;
    return op === 'NE' ? reply.status !== wanted : undefined;
  }
  if (filter.response_flag_filter !== undefined) {
    // The flag of a codec error is set only after its reply is made.
    const flags = reply.isFromCodec === true ? [] : (reply.flags ?? '').split(',').filter((flag) => flag !== '');
    const wanted = filter.response_flag_filter.flags ?? [];
    return wanted.length === 0 ? flags.length > 0 : flags.some((flag) => wanted.includes(flag));
  }
  if (filter.header_filter?.header !== undefined) {
    const test = compileHeader(filter.header_filter.header);
    return test.unsupported === undefined ? test.matches(context.headers) : undefined;
  }
  if (filter.runtime_filter !== undefined) {
    const { percent_sampled: sampled, runtime_key: key = '' } = filter.runtime_filter;
    const { numerator, denominator } = runtimeFraction({ ...(sampled === undefined ? {} : { default_value: sampled }), runtime_key: key }, context.runtime);
    return numerator >= denominator ? true : numerator === 0 ? false : undefined;
  }
  if (filter.not_health_check_filter !== undefined) return !reply.details.startsWith('health_check_');
  if (filter.and_filter !== undefined) return every((filter.and_filter.filters ?? []).map((f) => matchesFilter(f, reply, context)));
  if (filter.or_filter !== undefined) {
    const negated = every((filter.or_filter.filters ?? []).map((f) => not(matchesFilter(f, reply, context))));
    return not(negated);
  }
  return undefined;
}

const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

/** Three-valued and. */
function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}
