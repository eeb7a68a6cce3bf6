/** The labels of a sample: names and values. */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

/** The fields of every metric of OpenMetrics. */
interface Description {
  /** The name, without the suffixes that the type adds. */
  readonly name: string;
  readonly help: string;
}

/** The cumulative number of events, by labels. */
export class Counter<Name extends string> {
  readonly #description: Description;
  readonly #values = new Map<string, number>();

  constructor(description: Description) {
    this.#description = description;
  }

  increment(labels: Labels<Name>): void {
    const key = formatLabels(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + 1);
  }

  /** Returns the lines of the metric in OpenMetrics. */
  expose(): string[] {
    const { name } = this.#description;
    const samples = [...this.#values].map(([labels, value]) => `${name}_total{${labels}} ${value}`);
    return [...header("counter", this.#description), ...samples];
  }
}

/** The observations of one combination of labels. */
interface Observations {
  /** The number of observations in each bucket, and in the last one of those above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** The distribution of observed values, by labels. */
export class Histogram<Name extends string> {
  readonly #description: Description;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Observations>();

  /** @param bounds the upper bounds of the buckets, in ascending order */
  constructor(description: Description, bounds: readonly number[]) {
    this.#description = description;
    this.#bounds = bounds;
  }

  observe(labels: Labels<Name>, value: number): void {
    const key = formatLabels(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { counts: Array.from({ length: this.#bounds.length + 1 }, () => 0), sum: 0 };
      this.#series.set(key, series);
    }
    const above = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = above === -1 ? this.#bounds.length : above;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
  }

  /** Returns the lines of the metric in OpenMetrics. */
  expose(): string[] {
    const { name } = this.#description;
    const lines = header("histogram", this.#description);
    for (const [labels, { counts, sum }] of this.#series) {
      let cumulative = 0;
      for (const [i, count] of counts.entries()) {
        cumulative += count;
        const bound = this.#bounds[i];
        const le = bound === undefined ? "+Inf" : canonicalNumber(bound);
        lines.push(`${name}_bucket{${labels},le="${le}"} ${cumulative}`);
      }
      lines.push(`${name}_count{${labels}} ${cumulative}`, `${name}_sum{${labels}} ${sum}`);
    }
    return lines;
  }
}

/** Returns the lines of a metric whose value is read at the time of the scrape. */
export const exposeGauge = (description: Description, value: number): string[] => [
  ...header("gauge", description),
  `${description.name} ${value}`,
];

/** Returns the lines that precede the samples of a metric. A name that ends in `_seconds` has that unit. */
const header = (type: "counter" | "gauge" | "histogram", { name, help }: Description): string[] => [
  `# TYPE ${name} ${type}`,
  ...(name.endsWith("_seconds") ? [`# UNIT ${name} seconds`] : []),
  `# HELP ${name} ${help}`,
];

const formatLabels = (labels: Labels<string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`)
    .join();

/** OpenMetrics writes bounds with a decimal point, so that every exporter writes the same label. */
const canonicalNumber = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
