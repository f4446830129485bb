/** The keys that a field may stand under: proto3 JSON writes it in snake_case or in camelCase. */
export function bothCases(field: string): readonly string[] {
  const camel = field.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camel === field ? [field] : [field, camel];
}
