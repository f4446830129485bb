import type { Any } from '../model/message.ts';

/** Modules that Istio ships, compiled into Envoy or as files: they count, and exchange workload metadata. */
const ITS_MODULES = /envoy\.wasm\.(null\.)?(stats|metadata_exchange|stackdriver)|\/etc\/istio\/extensions\/(stats|metadata-exchange)/;

/** Whether a Wasm filter is one of Istio's own plugins, which let everything through; of other code a dump cannot tell. */
export function isIstioPlugin(config: Any | undefined, name: string): boolean {
  return name === 'istio.stats' || ITS_MODULES.test(JSON.stringify(config ?? {}));
}
