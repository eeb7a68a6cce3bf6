const KINDS = ["request lost", "answer lost", "request late", "answer late"] as const;

/** A fault of an exchange with the database. */
interface Fault {
  readonly kind: (typeof KINDS)[number];
  /** For how long what is late is late, milliseconds. */
  readonly ms: number;
}

/** The part of the exchanges that has a fault. */
const PART = 0.05;
/** D1 and networks stall for so long, milliseconds. */
export const STALL_MS = { min: 30_000, max: 80_000 };

/** Returns a random fault for a part of the exchanges: half of them lose something, and half stall. */
export function randomFault(): Fault | undefined {
  if (Math.random() >= PART) return undefined;
  const kind = KINDS[Math.floor(Math.random() * KINDS.length)];
  return kind && { kind, ms: STALL_MS.min + Math.random() * (STALL_MS.max - STALL_MS.min) };
}
