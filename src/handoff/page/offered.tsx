import { useState } from "preact/hooks";
import type { NewTransfer, Volume } from "./api.ts";
import { formatSize } from "./format.ts";
import { useInterval, useLoad } from "./hooks.ts";
import { offerLink } from "./link.ts";
import { t } from "./messages/messages.ts";
import { describeOutcome, outcomeOf } from "./outcome.ts";
import { Copyable, Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { QrCode } from "./qr_code.tsx";
import { useRegion } from "./region.tsx";

/** How often the page looks whether the offer was accepted, milliseconds. */
const POLL_MS = 3000;

/** The offer that was just made: the only place that shows its key, until the reader leaves it. */
export function Offered(props: {
  readonly volume: Volume;
  readonly transfer: NewTransfer;
  readonly onDone: () => void;
}) {
  const { volume, transfer } = props;
  const region = useRegion();
  const [link] = useState(() => offerLink(transfer));
  const { data, error, reload } = useLoad(() => outcomeOf(transfer), [transfer.id]);
  const open = data === undefined || data.status === "open";
  useInterval(reload, open ? POLL_MS : undefined);
  return (
    <>
      <Heading>{open ? t.offered.title : t.offered.closed}</Heading>
      <p>
        {t.offered.summary(
          <strong>
            <Name name={volume.name} id={volume.id} />
          </strong>,
          formatSize(volume.size),
          transfer.no_snapshots ? t.offered.withoutSnapshots : t.offered.withSnapshots,
          transfer.expires_at && <Time value={transfer.expires_at} />,
        )}
      </p>
      {data !== undefined && (
        <Message kind={data.status === "open" ? "note" : "success"}>{describeOutcome(data)}</Message>
      )}
      <Problem message={error} />
      {open && transfer.auth_key === "" && (
        <Message kind="success">{t.offered.findsIt(<code>{transfer.destination_project_id}</code>)}</Message>
      )}
      {open && transfer.auth_key !== "" && (
        <article>
          <Message kind="warning">{t.offered.once}</Message>
          <div class="share">
            <div>
              <Copyable label={t.link.label} text={link} secret />
              <details>
                <summary>{t.offered.commandLine}</summary>
                <Copyable label={t.link.id} text={transfer.id} />
                <Copyable label={t.link.key} text={transfer.auth_key} secret />
                <Copyable
                  label={t.offered.command}
                  text={`openstack ${region === undefined ? "" : `--os-region-name ${region} `}volume transfer request accept --auth-key ${transfer.auth_key} ${transfer.id}`}
                  secret
                />
              </details>
            </div>
            <QrCode text={link} label={t.offered.qrCode} />
          </div>
        </article>
      )}
      <button type="button" class={open ? "secondary" : ""} onClick={props.onDone}>
        {t.offered.back}
      </button>
    </>
  );
}
