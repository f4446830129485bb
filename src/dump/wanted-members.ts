/** Which members of an object are wanted: whole, or only some members of what they hold. Lists are seen through. */
export interface WantedMembers {
  readonly [key: string]: true | WantedMembers;
}
