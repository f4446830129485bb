import { canonicalType } from '../dump/type-name.ts';
import { type Any, anyType } from '../model/message.ts';

/** The type that a configuration is of; a TypedStruct of a type that pc has no schema for still says which one it stands for. */
export function configType(config: Any | undefined): string {
  const type = anyType(config);
  const url = type.endsWith('.TypedStruct') ? config?.['type_url'] : undefined;
  return typeof url === 'string' ? canonicalType(url) : type;
}
