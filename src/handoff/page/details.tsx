import type { ComponentChildren } from "preact";

/**
 * A list of names and values.
 *
 * @param props.rows the values by name; one that is null, undefined, false or empty is left out
 */
export const Details = ({ rows }: { readonly rows: Readonly<Record<string, ComponentChildren>> }) => (
  <dl>
    {Object.entries(rows).map(([name, value]) =>
      value === null || value === undefined || value === false || value === "" ? null : (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ),
    )}
  </dl>
);
