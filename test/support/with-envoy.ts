import { describe, test } from 'vitest';
import { envoyIsRequired, findEnvoy, HOW_TO_GET_ENVOY } from '../oracle/envoy-binary.ts';

/**
 * A suite that needs a real Envoy, and gets the path of its binary. Without one it is skipped, saying so; on CI, or with
 * PC_REQUIRE_ENVOY=1, it fails instead.
 */
export function describeWithEnvoy(name: string, suite: (envoy: string) => void): void {
  const envoy = findEnvoy();
  if (envoy !== undefined) {
    describe(name, () => suite(envoy));
  } else if (envoyIsRequired()) {
    test(name, () => {
      throw new Error(HOW_TO_GET_ENVOY);
    });
  } else {
    test.skip(`${name} (${HOW_TO_GET_ENVOY})`, () => undefined);
  }
}
