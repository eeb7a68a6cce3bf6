/**
 * Reads a duration from an environment variable, so that a run can be shortened. Warns if the variable changes it.
 *
 * @param variable the name of the environment variable
 * @param full the duration if the variable is unset or empty, in seconds
 * @returns the duration in seconds
 * @throws Error if the value is not a positive number
 */
export function durationSeconds(variable: string, full: number): number {
  const value = process.env[variable];
  if (value === undefined || value === "") return full;
  const seconds = Number(value);
  if (!(seconds > 0)) throw new Error(`${variable} must be a positive number of seconds, not "${value}".`);
  if (seconds !== full) console.warn(`${variable}=${value}: a full run takes ${full} s.`);
  return seconds;
}
