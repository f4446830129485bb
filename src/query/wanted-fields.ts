import { bothCases } from '../dump/both-cases.ts';
import type { WantedMembers } from '../dump/wanted-members.ts';

/** Names of fields, whole or with the wanted ones within. */
export interface WantedFields {
  readonly [field: string]: true | WantedFields;
}

/** The members that may hold the fields: proto3 JSON writes them in snake_case or in camelCase. */
export function wantedFields(fields: WantedFields): WantedMembers {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([field, within]) => {
      const members = within === true ? true : wantedFields(within);
      return bothCases(field).map((key) => [key, members] as const);
    }),
  );
}
