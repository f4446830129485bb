import type { Buffer as BufferConfig, BufferPerRoute } from '../../model/generated/envoy-api.ts';
import { answered, CONTINUES, depends, type FilterEffect, type FilterQuestion, replies } from './filter.ts';

/**
 * The buffer filter refuses a body above its limit, with or without a route. A body that comes in one piece with the end of its
 * stream, as a short one over HTTP/2 may, is never buffered and passes.
 * Source: source/extensions/filters/http/buffer/buffer_filter.cc; the limit is enforced by the filter manager's 413.
 */
export function buffer({ request, config, perRoute }: FilterQuestion): FilterEffect {
  const override = perRoute as unknown as BufferPerRoute | undefined;
  if (override?.disabled === true) return CONTINUES;
  const limit = (override?.buffer ?? (config as unknown as BufferConfig)).max_request_bytes;
  const size = new TextEncoder().encode(request.body).length;
  if (limit === undefined || size <= limit) return CONTINUES;
  const says = `buffer: the body has ${size} bytes, the limit is ${limit}`;
  const refusal = answered(413, 'request_payload_too_large', null, { verdict: 'broken', break: 'PC7002' });
  if (request.protocol !== 'h2') return replies(refusal, says);
  return depends(
    says,
    { condition: 'the body comes in more than one piece, or before the end of its stream', reply: refusal },
    { condition: 'the body comes in one piece with the end of its stream', reply: null },
  );
}
