/**
 * How long something goes on, seconds: as an environment variable says, to have a quick run, or else in full. Says so
 * where it is not in full.
 */
export function seconds(variable: string, full: number): number {
  const given = process.env[variable];
  if (given === undefined || given === "") return full;
  const value = Number(given);
  if (!(value > 0)) throw new Error(`${variable} must be a number of seconds, not "${given}"`);
  if (value !== full) console.warn(`${variable}=${value}: not the full run, which takes ${full} s`);
  return value;
}
