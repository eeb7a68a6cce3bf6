/** Returns a member of a value of any type; undefined if there is none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

/** Returns a member of a value of any type, as text. */
export const textOf = (value: unknown, name: string): string => String(member(value, name));
