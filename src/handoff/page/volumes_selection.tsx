import { useState } from "preact/hooks";
import { formatSize } from "./format.ts";
import { t } from "./messages/messages.ts";
import type { VolumeDetail } from "./volumes_api.ts";
import { isOfferable } from "./volumes_parts.tsx";

/** Returns the volumes that the reader has selected, on all pages of the list. */
export function useSelection() {
  const [selected, setSelected] = useState<ReadonlyMap<string, VolumeDetail>>(new Map());
  return {
    volumes: [...selected.values()],
    has: ({ id }: VolumeDetail): boolean => selected.has(id),
    toggle(volume: VolumeDetail): void {
      const next = new Map(selected);
      if (!next.delete(volume.id)) next.set(volume.id, volume);
      setSelected(next);
    },
    add: (volumes: readonly VolumeDetail[]): void =>
      setSelected(new Map([...selected, ...volumes.map((volume) => [volume.id, volume] as const)])),
    /** Forgets those that cannot be offered any more. */
    update(volumes: readonly VolumeDetail[]): void {
      const gone = new Set(volumes.filter((volume) => !isOfferable(volume)).map(({ id }) => id));
      setSelected((before) =>
        [...before.keys()].some((id) => gone.has(id))
          ? new Map([...before].filter(([id]) => !gone.has(id)))
          : before,
      );
    },
    clear: (): void => setSelected(new Map()),
  };
}

export type VolumeSelection = ReturnType<typeof useSelection>;

/**
 * The number of selected volumes, and what can be done with them. It stays in view.
 *
 * @param props.page the volumes of the present page that can be selected
 */
export function SelectionBar(props: {
  readonly selection: VolumeSelection;
  readonly page: readonly VolumeDetail[];
  readonly onOffer: () => void;
}) {
  const { selection, page } = props;
  const { volumes } = selection;
  if (volumes.length === 0) return null;
  const gigabytes = volumes.reduce((sum, { size }) => sum + size, 0);
  return (
    <section class="selection" aria-label={t.selection.label}>
      <strong role="status">{t.selection.count(volumes.length, formatSize(gigabytes))}</strong>
      {!page.every(selection.has) && (
        <button type="button" class="link" onClick={() => selection.add(page)}>
          {t.selection.all}
        </button>
      )}
      <button type="button" class="link" onClick={selection.clear}>
        {t.selection.clear}
      </button>
      <button type="button" onClick={props.onOffer}>
        {t.selection.offer(volumes.length)}
      </button>
    </section>
  );
}
