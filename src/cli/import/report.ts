import { printable } from "../printable.ts";

/** The numbers of types, volumes or snapshots of an import, by what was done. */
export interface Counts {
  created: number;
  updated: number;
  unchanged: number;
}

/** The greatest number of rows that a note lists. */
const MAX_ROWS = 100;

/** The notes on single volumes and snapshots, each with what to do about it. */
const NOTES = {
  "handed over": "handed over here since the last import, so that the owner here is kept",
  "deleted after a handover": "deleted here after a handover, so that it is not imported again",
  offered: "offered here by an open transfer, and not changed: import again when the transfer has ended",
  "type kept": "not changed, because volumes of the type exist here",
  "left out": "left out",
} as const;
type Note = keyof typeof NOTES;

/** Counts the rows of an import. It keeps the first rows of each note, and the number of all. */
export class Report {
  readonly types: Counts = { created: 0, updated: 0, unchanged: 0 };
  readonly volumes: Counts = { created: 0, updated: 0, unchanged: 0 };
  readonly snapshots: Counts = { created: 0, updated: 0, unchanged: 0 };
  readonly #notes = new Map<Note, { count: number; readonly rows: string[] }>();

  /**
   * Adds a row to a note.
   *
   * @param id the resource of the note, such as `volume ID`
   */
  note(note: Note, id: string, detail: string): void {
    const { count, rows } = this.#notes.get(note) ?? { count: 0, rows: [] };
    if (rows.length < MAX_ROWS) rows.push(`  ${printable(`${id}: ${detail}`)}`);
    this.#notes.set(note, { count: count + 1, rows });
  }

  /** The number of volumes and snapshots that Cinder has and that are not here. */
  get leftOut(): number {
    return this.#notes.get("left out")?.count ?? 0;
  }

  /**
   * Formats the summary.
   *
   * @param dryRun whether nothing was written
   */
  format(database: string, dryRun: boolean): string {
    const verb = dryRun ? "would be imported into" : "are in";
    const [all, mode] = [this.#total(), dryRun ? " Nothing was changed (--dry-run)." : ""];
    return [
      `${all} ${verb} ${database}.${mode}`,
      formatCounts("volume types", this.types),
      formatCounts("volumes", this.volumes),
      formatCounts("snapshots", this.snapshots),
      ...[...this.#notes].flatMap(([note, { count, rows }]) => [
        `notice: ${NOTES[note]}: ${count}`,
        ...rows,
        ...(count > rows.length ? [`  and ${count - rows.length} more`] : []),
      ]),
    ].join("\n");
  }

  #total(): string {
    const [volumes, snapshots] = [this.volumes, this.snapshots].map(
      ({ created, updated, unchanged }) => created + updated + unchanged,
    );
    return `${volumes} volumes and ${snapshots} snapshots`;
  }
}

const formatCounts = (what: string, { created, updated, unchanged }: Counts): string =>
  `  ${what}: ${created} created, ${updated} updated, ${unchanged} unchanged`;
