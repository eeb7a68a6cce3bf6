import { readFileSync } from "node:fs";
import * as z from "zod";

const dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })),
    }),
  ),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
});

/** A query of the dashboard, with the variables that Grafana replaces. */
interface Query {
  readonly panel: string;
  readonly expression: string;
  /** The labels that the legend shows. */
  readonly legend: readonly string[];
}

const { panels, templating } = dashboard.parse(
  JSON.parse(readFileSync("docs/grafana-dashboard.json", "utf8")),
);

/** The queries of all panels. */
export const QUERIES: readonly Query[] = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({
    panel: title,
    expression: expr,
    legend: Array.from(legendFormat.matchAll(/\{\{(\w+)\}\}/g), ([, label = ""]) => label),
  })),
);

/** The query of the variable `instance`: a metric and a label. */
export const INSTANCES = /^label_values\((\w+), (\w+)\)$/
  .exec(templating.list.find(({ name }) => name === "instance")?.query ?? "")
  ?.slice(1);

/** Replaces Grafana's variables: all instances, and the range of four scrapes. */
export const fillVariables = (expression: string, range: string): string =>
  expression.replaceAll("$__rate_interval", range).replaceAll("$instance", ".*");
