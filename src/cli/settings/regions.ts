import path from "node:path";
import { splitRegions, variablesOfRegion } from "../../config/region_variables.ts";
import { CliError } from "../errors.ts";

/** A region that a command works on. */
export interface Region {
  /** Undefined without `REGIONS`. */
  readonly name: string | undefined;
  /** The Worker's variables, with the region's own values under the names that they have without regions. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Returns the regions of `REGIONS`, in order. Without `REGIONS` there is one, without a name. */
export function regionsOf(variables: Readonly<Record<string, string>>): Region[] {
  const names = splitRegions(variables.REGIONS);
  if (names.length === 0) return [{ name: undefined, variables }];
  return names.map((name) => ({ name, variables: variablesOfRegion(variables, name) }));
}

/**
 * Returns the regions that a command works on.
 *
 * @param selected the value of `--region`; undefined for all
 * @throws CliError if there is no such region
 */
export function selectRegions(
  variables: Readonly<Record<string, string>>,
  selected: string | undefined,
): Region[] {
  const regions = regionsOf(variables);
  if (selected === undefined) return regions;
  const region = regions.find(({ name }) => name === selected);
  if (region !== undefined) return [region];
  const names = splitRegions(variables.REGIONS).join(", ");
  throw new CliError(
    names === ""
      ? `--region ${selected}: REGIONS is not set. Set it as for the service, for example REGIONS="${selected}".`
      : `--region ${selected}: there is no such region in REGIONS: ${names}.`,
  );
}

/**
 * Returns the region that a command works on which cannot work on all.
 *
 * @param selected the value of `--region`
 * @throws CliError if there are several, and none is selected
 */
export function selectOneRegion(
  variables: Readonly<Record<string, string>>,
  selected: string | undefined,
): Region {
  const [region, ...others] = selectRegions(variables, selected);
  if (region !== undefined && others.length === 0) return region;
  throw new CliError("name the region with --region: REGIONS has several.");
}

/** Returns the folder of a region in the data folder of the service. */
export const regionFolder = (folder: string, { name }: Pick<Region, "name">): string =>
  name === undefined ? folder : path.join(folder, name);

/** Returns the file of a region: `backup.eu.sql` for `backup.sql`. Without `REGIONS`, and with `--region`, the file itself. */
export function regionFile(
  file: string,
  { name }: Pick<Region, "name">,
  selected: string | undefined,
): string {
  if (name === undefined || selected !== undefined) return file;
  const { dir, name: base, ext } = path.parse(file);
  return path.join(dir, `${base}.${name}${ext}`);
}
