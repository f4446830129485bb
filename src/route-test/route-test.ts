import type { TraceRequest } from '../match/request.ts';
import type { HeaderMatcher } from '../model/generated/envoy-api.ts';
import type { TraceAnswer } from '../trace/trace-answer.ts';

/** One test of a file. */
export interface RouteTest {
  readonly name: string;
  /** `tests.yaml, test 3`. */
  readonly place: string;
  /** What router_check_tool puts into the route table; undefined where the test has a URL. */
  readonly input: RouterInput | undefined;
  /** The request to trace. */
  readonly request: TraceRequest;
  /** Envoy's random number for the trace; undefined: every way counts. */
  readonly random: bigint | undefined;
  /** What the route table is to say (router_check_tool's `validate`). */
  readonly validate: Validate | undefined;
  /** What the trace is to say. */
  readonly expect: Expect | undefined;
  /** Which route config the route table is, where the input has several. */
  readonly routeConfig: string | undefined;
}

/** `input` of router_check_tool's schema. Source: test/tools/router_check/validation.proto. */
export interface RouterInput {
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  readonly random: bigint;
  /** x-forwarded-proto is https. */
  readonly ssl: boolean;
  /** x-envoy-internal is set. */
  readonly internal: boolean;
  /** The runtime key that is on; every other one is off. */
  readonly runtime: string;
  readonly requestHeaders: readonly (readonly [string, string])[];
  readonly responseHeaders: readonly (readonly [string, string])[];
  /** By `namespace.key`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** `validate` of that schema. A text that is '' says that there is none. */
export interface Validate {
  readonly texts: readonly (readonly [field: TextField, wanted: string])[];
  readonly codeRedirect: number | undefined;
  readonly timeout: string | undefined;
  readonly routeMetadata: readonly { readonly namespace: string; readonly key: string; readonly value: string }[];
  readonly requestHeaders: readonly HeaderMatcher[];
  readonly responseHeaders: readonly HeaderMatcher[];
}

export const TEXT_FIELDS = ['cluster_name', 'virtual_cluster_name', 'virtual_host_name', 'host_rewrite', 'path_rewrite', 'path_redirect'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** A wanted value: of every way the request can go; one of several that all occur; or, by value, the share of the ways in percent. */
export type Wanted = string | number | null | readonly (string | number | null)[] | { readonly shares: Readonly<Record<string, number>> };

/** What `expect` may ask of a trace, by field. */
export type Expect = Readonly<Partial<Record<ExpectField, Wanted>>>;
export const EXPECT_FIELDS = [
  'verdict',
  'status',
  'flags',
  'details',
  'location',
  'grpc_status',
  'connection',
  'break',
  'listener',
  'filter_chain',
  'destination',
  'route_config',
  'virtual_host',
  'route',
  'cluster',
  'endpoint',
  'method',
  'path',
  'host',
] as const;
export type ExpectField = (typeof EXPECT_FIELDS)[number];

/** One thing that a test asked for. */
export interface Assertion {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  /** `unchecked`: it could not be told, and `why` says what stands in the way. */
  readonly result: 'pass' | 'fail' | 'unchecked';
  readonly why?: string;
}

/** What came of a test. */
export interface TestResult {
  readonly test: RouteTest;
  readonly assertions: readonly Assertion[];
  /** The worst of its assertions. */
  readonly result: 'pass' | 'fail' | 'unchecked';
  /** The route entries, and arms of splits, that it went through. See coverage.ts. */
  readonly covered: readonly string[];
  /** What the trace said, where `expect` asked for one. */
  readonly answer: TraceAnswer | undefined;
}
