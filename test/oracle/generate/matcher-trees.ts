import fc from 'fast-check';
import type { JsonObject } from '../xds-files.ts';

type Action = fc.Arbitrary<JsonObject>;

const extension = (type: string, config: JsonObject = {}): JsonObject => ({ name: 'x', typed_config: { '@type': `type.googleapis.com/${type}`, ...config } });
const header = (name: string): JsonObject => extension('envoy.type.matcher.v3.HttpRequestHeaderMatchInput', { header_name: name });

interface Input {
  readonly input: JsonObject;
  readonly values: readonly string[];
}

const HTTP_INPUTS: readonly Input[] = [
  { input: header(':path'), values: ['/a', '/a/b', '/', '/b', '/a?q=1'] },
  { input: header('x-a'), values: ['a', 'ab', 'b', ''] },
  { input: header(':method'), values: ['GET', 'POST'] },
];
const NETWORK = 'envoy.extensions.matching.common_inputs.network.v3';
const NETWORK_INPUTS: readonly Input[] = [
  { input: extension(`${NETWORK}.DestinationPortInput`), values: ['80', '443'] },
  { input: extension(`${NETWORK}.ServerNameInput`), values: ['a.com', 'b.a.com', 'x'] },
  { input: extension(`${NETWORK}.TransportProtocolInput`), values: ['tls', 'raw_buffer'] },
  { input: extension(`${NETWORK}.DestinationIPInput`), values: ['10.1.2.3', '127.0.0.1'] },
];

/** A matcher of the generic matching API that picks a route. */
export const routeMatcher = (route: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> => {
  const action = route.map((one) => ({ action: extension('envoy.config.route.v3.Route', one) }));
  return matcher(HTTP_INPUTS, action, 2);
};

/** A matcher that picks a filter chain by its name. */
export const chainMatcher = (names: readonly string[]): fc.Arbitrary<JsonObject> => {
  const action = fc.constantFrom(...names).map((value) => ({ action: extension('google.protobuf.StringValue', { value }) }));
  return matcher(NETWORK_INPUTS, action, 1);
};

function matcher(inputs: readonly Input[], action: Action, depth: number): fc.Arbitrary<JsonObject> {
  const onMatch: Action =
    depth === 0
      ? action
      : fc.oneof({ arbitrary: action, weight: 4 }, { arbitrary: matcher(inputs, action, depth - 1).map((inner) => ({ matcher: inner })), weight: 1 });
  const otherwise = fc.oneof(
    fc.constant<JsonObject>({}),
    onMatch.map((on_no_match) => ({ on_no_match })),
  );
  const shape = fc.oneof(
    tree(inputs, onMatch),
    fc
      .array(fc.record({ predicate: predicate(inputs), on_match: onMatch }), { minLength: 1, maxLength: 3 })
      .map((matchers): JsonObject => ({ matcher_list: { matchers } })),
  );
  return fc.tuple(shape, otherwise).map(([one, other]) => ({ ...one, ...other }));
}

function tree(inputs: readonly Input[], onMatch: Action): fc.Arbitrary<JsonObject> {
  return fc
    .constantFrom(...inputs)
    .chain(({ input, values }) =>
      fc
        .tuple(
          fc.constantFrom('exact_match_map', 'prefix_match_map'),
          fc.uniqueArray(fc.tuple(fc.constantFrom(...values.filter(Boolean)), onMatch), { minLength: 1, maxLength: 3, selector: ([key]) => key }),
        )
        .map(([kind, entries]) => ({ matcher_tree: { input, [kind]: { map: Object.fromEntries(entries) } } })),
    );
}

function predicate(inputs: readonly Input[]): fc.Arbitrary<JsonObject> {
  const single = fc
    .constantFrom(...inputs)
    .chain(({ input, values }) =>
      fc
        .tuple(fc.constantFrom('exact', 'prefix'), fc.constantFrom(...values.filter(Boolean)))
        .map(([kind, value]): JsonObject => ({ single_predicate: { input, value_match: { [kind]: value } } })),
    );
  const two = fc.array(single, { minLength: 2, maxLength: 2 });
  return fc.oneof(
    { arbitrary: single, weight: 4 },
    { arbitrary: two.map((list): JsonObject => ({ or_matcher: { predicate: list } })), weight: 1 },
    { arbitrary: two.map((list): JsonObject => ({ and_matcher: { predicate: list } })), weight: 1 },
    { arbitrary: single.map((one): JsonObject => ({ not_matcher: one })), weight: 1 },
  );
}
