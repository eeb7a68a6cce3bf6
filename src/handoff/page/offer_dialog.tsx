import { useState } from "preact/hooks";
import { makeIdempotencyKey, type Volume } from "./api.ts";
import { Form, textOf } from "./form.tsx";
import { formatSize } from "./format.ts";
import { useAction } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { Dialog, Name } from "./parts.tsx";
import { VolumeNames } from "./volumes_parts.tsx";

const HOUR_MS = 3_600_000;
/** When an offer ends. */
const ENDS = [
  { id: "hour", title: t.newOffer.inAnHour, ms: HOUR_MS },
  { id: "day", title: t.newOffer.inADay, ms: 24 * HOUR_MS },
  { id: "week", title: t.newOffer.inAWeek, ms: 7 * 24 * HOUR_MS },
  { id: "date", title: t.newOffer.onADate, ms: undefined },
] as const;
type End = (typeof ENDS)[number]["id"];

/** Makes the body of the request that offers a volume. */
export type OfferOf = (volume: Volume) => object;

/**
 * Asks how to offer a volume, or several in the same way.
 *
 * @param props.onOffer offers them. The key makes it safe to repeat, after an error that the dialog shows.
 */
export function OfferDialog(props: {
  readonly volumes: readonly Volume[];
  readonly onClose: () => void;
  readonly onOffer: (offerOf: OfferOf, idempotencyKey: string) => Promise<void>;
}) {
  const { volumes } = props;
  const [volume, ...others] = volumes;
  const [end, setEnd] = useState<End>("day");
  // Whether the offer is for one project.
  const [bound, setBound] = useState(false);
  // The same for a repeated attempt: if the response was lost, the repetition gets the offer that was made.
  const [idempotencyKey] = useState(makeIdempotencyKey);
  const make = useAction((fields: FormData) => props.onOffer(offerMaker(end, fields), idempotencyKey));
  if (volume === undefined) return null;
  return (
    <Dialog
      title={others.length === 0 ? t.newOffer.title : t.several.title(volumes.length)}
      onClose={props.onClose}
    >
      {others.length === 0 ? (
        <p>
          {t.newOffer.intro(
            <strong>
              <Name name={volume.name} id={volume.id} />
            </strong>,
            formatSize(volume.size),
          )}
        </p>
      ) : (
        <>
          <p>{t.several.intro}</p>
          <VolumeNames volumes={volumes} />
        </>
      )}
      <Form action={make} submit={others.length === 0 ? t.newOffer.submit : t.several.submit(volumes.length)}>
        {others.length === 0 && (
          <label>
            {t.optional(t.newOffer.name)}
            <input
              name="name"
              maxLength={255}
              autocomplete="off"
              dir="auto"
              defaultValue={volume.name ?? ""}
            />
          </label>
        )}
        <label>
          <input type="checkbox" name="snapshots" defaultChecked />
          {others.length === 0 ? t.newOffer.snapshots : t.several.snapshots}
        </label>
        <fieldset class="choice">
          <legend>{others.length === 0 ? t.newOffer.ends : t.several.ends}</legend>
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

/** Returns what makes the bodies of the requests from the form. Of several offers each has the name of its volume. */
function offerMaker(end: End, fields: FormData): OfferOf {
  const ms = ENDS.find(({ id }) => id === end)?.ms;
  const ends = ms === undefined ? Date.parse(textOf(fields, "date")) : Date.now() + ms;
  const recipient = textOf(fields, "recipient");
  const common = {
    no_snapshots: fields.get("snapshots") === null,
    expires_at: new Date(ends).toISOString(),
    ...(recipient !== "" && {
      destination_project_id: recipient,
      require_key: fields.get("keyless") === null,
    }),
  };
  return (volume) => {
    const name = fields.has("name") ? textOf(fields, "name") : (volume.name ?? "");
    return { volume_id: volume.id, ...(name !== "" && { name }), ...common };
  };
}

/** Formats a time (milliseconds since the epoch) as the field takes it: in the reader's zone, without one. */
function localMinute(time: number): string {
  const offset = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - offset).toISOString().slice(0, 16);
}
