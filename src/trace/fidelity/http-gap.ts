import type { DumpPath } from '../../dump/dump-path.ts';
import type { Message } from '../../model/message.ts';
import type { Gap } from '../trace-answer.ts';
import type { FidelityTable } from './fidelity-table.ts';
import { FILTER_FIDELITY } from './filter-fidelity.ts';
import { findGap } from './find-gap.ts';
import { HTTP_FIDELITY } from './http-fidelity.ts';
import { ROUTE_FIDELITY } from './route-fidelity.ts';
import { TUNNEL_ROWS } from './tunnel-rows.ts';

const TABLE: FidelityTable = { ...HTTP_FIDELITY, ...ROUTE_FIDELITY, ...FILTER_FIDELITY, ...TUNNEL_ROWS };

/** The first field of an HTTP message on the request's way that trace does not model. */
export function httpGap(type: string, message: Message | undefined, path: DumpPath): Gap | undefined {
  return message === undefined || TABLE[type] === undefined ? undefined : findGap(TABLE, type, message, path);
}
