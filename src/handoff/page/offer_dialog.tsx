import { useState } from "preact/hooks";
import { makeIdempotencyKey, type NewTransfer, offer, type Volume } from "./api.ts";
import { Form, textOf } from "./form.tsx";
import { formatSize } from "./format.ts";
import { useAction } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { Dialog, Name } from "./parts.tsx";

const HOUR_MS = 3_600_000;
/** When an offer ends. */
const ENDS = [
  { id: "hour", title: t.newOffer.inAnHour, ms: HOUR_MS },
  { id: "day", title: t.newOffer.inADay, ms: 24 * HOUR_MS },
  { id: "week", title: t.newOffer.inAWeek, ms: 7 * 24 * HOUR_MS },
  { id: "date", title: t.newOffer.onADate, ms: undefined },
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
  const make = useAction(async (fields: FormData) => {
    props.onOffered(await offer(transferOf(volume, end, fields), idempotencyKey));
  });
  return (
    <Dialog title={t.newOffer.title} onClose={props.onClose}>
      <p>
        {t.newOffer.intro(
          <strong>
            <Name name={volume.name} id={volume.id} />
          </strong>,
          formatSize(volume.size),
        )}
      </p>
      <Form action={make} submit={t.newOffer.submit}>
        <label>
          {t.optional(t.newOffer.name)}
          <input name="name" maxLength={255} autocomplete="off" dir="auto" defaultValue={volume.name ?? ""} />
        </label>
        <label>
          <input type="checkbox" name="snapshots" defaultChecked />
          {t.newOffer.snapshots}
        </label>
        <fieldset class="choice">
          <legend>{t.newOffer.ends}</legend>
          {ENDS.map(({ id, title }) => (
            <label key={id}>
              <input type="radio" name="end" value={id} checked={end === id} onChange={() => setEnd(id)} />
              {title}
            </label>
          ))}
        </fieldset>
        {end === "date" && (
          <label>
            {t.newOffer.date}
            <input type="datetime-local" name="date" required min={localMinute(Date.now() + 60_000)} />
          </label>
        )}
        <label>
          {t.optional(t.newOffer.recipient)}
          <input
            name="recipient"
            maxLength={255}
            autocomplete="off"
            spellcheck={false}
            aria-describedby="recipient-help"
            onInput={(event) => setBound(event.currentTarget.value.trim() !== "")}
          />
        </label>
        <small id="recipient-help">{t.newOffer.recipientHelp}</small>
        {bound && (
          <label>
            <input type="checkbox" name="keyless" defaultChecked />
            {t.newOffer.keyless}
          </label>
        )}
      </Form>
    </Dialog>
  );
}

/** Makes the body of the request from the form. */
function transferOf(volume: Volume, end: End, fields: FormData): object {
  const ms = ENDS.find(({ id }) => id === end)?.ms;
  const ends = ms === undefined ? Date.parse(textOf(fields, "date")) : Date.now() + ms;
  const name = textOf(fields, "name");
  const recipient = textOf(fields, "recipient");
  return {
    volume_id: volume.id,
    ...(name !== "" && { name }),
    no_snapshots: fields.get("snapshots") === null,
    expires_at: new Date(ends).toISOString(),
    ...(recipient !== "" && {
      destination_project_id: recipient,
      require_key: fields.get("keyless") === null,
    }),
  };
}

/** Formats a time (milliseconds since the epoch) as the field takes it: in the reader's zone, without one. */
function localMinute(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
