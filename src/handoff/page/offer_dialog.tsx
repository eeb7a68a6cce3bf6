import { useState } from "preact/hooks";
import { makeIdempotencyKey, type NewTransfer, offer, type Volume } from "./api.ts";
import { useAction } from "./hooks.ts";
import { Dialog, Name, Problem } from "./parts.tsx";

const HOUR_MS = 3_600_000;
/** When an offer ends. */
const ENDS = [
  { id: "hour", title: "In an hour", ms: HOUR_MS },
  { id: "day", title: "In a day", ms: 24 * HOUR_MS },
  { id: "week", title: "In a week", ms: 7 * 24 * HOUR_MS },
  { id: "date", title: "On a date", ms: undefined },
] as const;
type End = (typeof ENDS)[number]["id"];

/** Asks how to offer a volume, and offers it. */
export function OfferDialog(props: {
  readonly volume: Volume;
  readonly onClose: () => void;
  readonly onOffered: (transfer: NewTransfer) => void;
}) {
  const { volume } = props;
  const [end, setEnd] = useState<End>("day");
  // Whether the offer is for one project.
  const [bound, setBound] = useState(false);
  // The same for a repeated attempt: if the response was lost, the repetition gets the offer that was made.
  const [idempotencyKey] = useState(makeIdempotencyKey);
  const { busy, error, run } = useAction(async (form: FormData) => {
    props.onOffered(await offer(transferOf(volume, end, form), idempotencyKey));
  });
  return (
    <Dialog title="Offer a volume" onClose={props.onClose}>
      <p>
        <strong>
          <Name name={volume.name} id={volume.id} />
        </strong>
        , {volume.size} GiB. It stays yours until somebody accepts, and cannot be used meanwhile.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(new FormData(event.currentTarget));
        }}
      >
        <Problem message={error} />
        <label>
          Name of the offer (optional)
          <input name="name" maxLength={255} autocomplete="off" dir="auto" defaultValue={volume.name ?? ""} />
        </label>
        <label>
          <input type="checkbox" name="snapshots" defaultChecked />
          With its snapshots
        </label>
        <fieldset class="choice">
          <legend>The offer ends</legend>
          {ENDS.map(({ id, title }) => (
            <label key={id}>
              <input type="radio" name="end" value={id} checked={end === id} onChange={() => setEnd(id)} />
              {title}
            </label>
          ))}
        </fieldset>
        {end === "date" && (
          <label>
            Date and time
            <input type="datetime-local" name="date" required min={localMinute(Date.now() + 60_000)} />
          </label>
        )}
        <label>
          Recipient's project ID (optional)
          <input
            name="recipient"
            maxLength={255}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="recipient-help"
            onInput={(event) => setBound(event.currentTarget.value.trim() !== "")}
          />
        </label>
        <small id="recipient-help">If you name one, no other project can accept.</small>
        {bound && (
          <label>
            <input type="checkbox" name="keyless" defaultChecked />
            Its members find the offer under Receive, and need no link
          </label>
        )}
        <button type="submit" aria-busy={busy} aria-disabled={busy}>
          Make the offer
        </button>
      </form>
    </Dialog>
  );
}

/** Makes the body of the request from the form. */
function transferOf(volume: Volume, end: End, form: FormData): object {
  const text = (name: string): string | undefined => {
    const value = form.get(name);
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const ms = ENDS.find(({ id }) => id === end)?.ms;
  const ends = ms === undefined ? Date.parse(text("date") ?? "") : Date.now() + ms;
  const name = text("name");
  const recipient = text("recipient");
  return {
    volume_id: volume.id,
    ...(name !== undefined && { name }),
    no_snapshots: form.get("snapshots") === null,
    expires_at: new Date(ends).toISOString(),
    ...(recipient !== undefined && {
      destination_project_id: recipient,
      require_key: form.get("keyless") === null,
    }),
  };
}

/** Formats a time (milliseconds since the epoch) as the field takes it: in the reader's zone, without one. */
function localMinute(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
