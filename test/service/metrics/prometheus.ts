import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { freePort } from "../../support/free_port.ts";
import { HOST, RestartableServer } from "../../support/restartable_server.ts";

const PROGRAM = "prometheus";

/** Whether Debian's package `prometheus` is installed. */
export const isInstalled = (): boolean => spawnSync(PROGRAM, ["--version"]).status === 0;

const queryResult = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const targets = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ health: z.string(), lastError: z.string(), scrapeUrl: z.string() })),
  }),
});
const metadata = z.object({
  data: z.record(z.string(), z.array(z.object({ type: z.string(), help: z.string(), unit: z.string() }))),
});

/** A series of a result, and its value. */
interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus with a database of its own. */
export class Prometheus {
  readonly #server: RestartableServer;
  readonly #folder: string;

  private constructor(server: RestartableServer, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  /** @param configuration the content of `prometheus.yml` */
  static async start(configuration: string): Promise<Prometheus> {
    const folder = mkdtempSync(path.join(tmpdir(), "volume-transfers-prometheus-"));
    const file = path.join(folder, "prometheus.yml");
    writeFileSync(file, configuration, { mode: 0o600 });
    const port = await freePort();
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${path.join(folder, "data")}`,
      `--web.listen-address=${HOST}:${port}`,
    ];
    const server = new RestartableServer(
      { title: "Prometheus", file: PROGRAM, args, cwd: folder },
      port,
      "/-/ready",
    );
    await server.start();
    return new Prometheus(server, folder);
  }

  /** Returns the result of a PromQL expression now. */
  async query(expression: string): Promise<Series[]> {
    const { data } = queryResult.parse(await this.#get("query", { query: expression }));
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** Returns the values of a label, as Grafana's `label_values` does. */
  async labelValues(metric: string, label: string): Promise<string[]> {
    const answer = await this.#get(`label/${label}/values`, { "match[]": metric });
    return z.object({ data: z.array(z.string()) }).parse(answer).data;
  }

  /** Returns the servers that Prometheus scrapes. */
  async targets() {
    return targets.parse(await this.#get("targets")).data.activeTargets;
  }

  /** Returns the type, unit and help text of each metric that Prometheus has scraped. */
  async metadata() {
    return metadata.parse(await this.#get("metadata")).data;
  }

  async stop(): Promise<void> {
    await this.#server.kill();
    rmSync(this.#folder, { recursive: true });
  }

  async #get(resource: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(`${this.#server.url}/api/v1/${resource}?${new URLSearchParams(query)}`);
    if (!response.ok) throw new Error(`Prometheus: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
