import type { OpenTransfer, Receipt as Preview } from "./api.ts";
import { formatRelative, formatTimeLeft } from "./format.ts";
import { t } from "./messages/messages.ts";
import { Name, ProjectId, Time } from "./parts.tsx";
import { Link } from "./place_link.tsx";
import { volumeAddress } from "./views.ts";

// Parts of the lists of offers and of the view of one.

/** The name of a volume of the project, which leads to it. */
export const VolumeLink = ({ id, name }: { readonly id: string; readonly name: string | null }) => (
  <Link to={volumeAddress(id)}>
    <Name name={name} id={id} />
  </Link>
);

/** Returns what an offer is called: as its volume; if that has no name, by its own. */
export const titleOf = ({
  name,
  volume,
  id,
}: Pick<OpenTransfer, "name" | "id"> & { readonly volume: { readonly name: string | null } }): string =>
  volume.name || name || id;

/** When an offer ends. */
export function Ends({ value }: { readonly value: string | undefined }) {
  if (value === undefined) return t.offers.noEnd;
  return (
    <>
      {formatTimeLeft(value)}
      <small>
        <Time value={value} />
      </small>
    </>
  );
}

/** For whom an offer is. */
export const Recipient = ({
  transfer: { destination_project_id: id },
}: {
  readonly transfer: Pick<OpenTransfer, "destination_project_id">;
}) => (id === null ? t.offers.anybody : <ProjectId id={id} />);

/** When a project has looked at an offer, and which. */
export function Receipt({ value }: { readonly value: Preview | null | undefined }) {
  if (value == null) return <span class="muted">{t.offers.notYet}</span>;
  return (
    <>
      {formatRelative(value.previewed_at)}
      <small>
        <ProjectId id={value.project_id} />
      </small>
    </>
  );
}
