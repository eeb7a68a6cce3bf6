import { Presets, SingleBar } from "cli-progress";

/** A progress bar on a terminal. Elsewhere it writes nothing. */
export class Progress {
  readonly #bar: SingleBar;

  /**
   * @param what the activity, such as `Reading`
   * @param total the value at which it is done; undefined if it is not known
   */
  constructor(what: string, unit: string, total: number | undefined) {
    const format =
      total === undefined
        ? `${what}: {value} ${unit}, {duration_formatted}`
        : `${what}: {bar} {percentage} % of {total} ${unit}, {eta_formatted} left`;
    this.#bar = new SingleBar(
      { format, stream: process.stderr, hideCursor: true, clearOnComplete: true, etaBuffer: 100 },
      Presets.legacy,
    );
    this.#bar.start(total ?? 0, 0);
    // The cursor is visible again, even after a signal.
    process.once("exit", this.stop);
  }

  readonly add = (count: number): void => this.#bar.increment(count);

  readonly stop = (): void => {
    process.off("exit", this.stop);
    this.#bar.stop();
  };
}
