import type { Volume } from "./api.ts";
import { formatSize } from "./format.ts";
import { t } from "./messages/messages.ts";
import { Name } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { viewAddress } from "./views.ts";
import { statusWord } from "./words.ts";

/** Returns whether a volume can be offered. */
export const isOfferable = ({ status, encrypted }: Volume): boolean => status === "available" && !encrypted;

/** The status of a volume or snapshot. */
export const VolumeStatus = ({ status }: { readonly status: string }) => (
  <span class={`status ${status}`}>{statusWord(status)}</span>
);

/** The names of several volumes, with their sizes. */
export const VolumeNames = ({ volumes }: { readonly volumes: readonly Volume[] }) => (
  <ul class="names">
    {volumes.map(({ id, name, size }) => (
      <li key={id}>
        <Name name={name} id={id} /> <small>{formatSize(size)}</small>
      </li>
    ))}
  </ul>
);

/**
 * The button that offers a volume, or why it cannot be offered.
 *
 * @param props.primary whether it is the button of the view, and not one of many
 */
export function OfferButton(props: {
  readonly volume: Volume;
  readonly primary?: boolean;
  readonly onOffer: () => void;
}) {
  const { volume, onOffer } = props;
  return isOfferable(volume) ? (
    <button
      type="button"
      class={props.primary ? undefined : "outline"}
      aria-label={t.volumes.offerVolume(volume.name || volume.id)}
      onClick={onOffer}
    >
      {t.volumes.offer}
    </button>
  ) : (
    <span class="muted">
      {volume.status === "awaiting-transfer" ? (
        <Link to={viewAddress("offers")}>{t.volumes.isOffered}</Link>
      ) : volume.encrypted ? (
        t.volumes.isEncrypted
      ) : (
        t.volumes.isNotAvailable
      )}
    </span>
  );
}
