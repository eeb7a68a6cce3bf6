import { useState } from "preact/hooks";
import type { NewTransfer, Volume } from "./api.ts";
import { useInterval, useLoad } from "./hooks.ts";
import { offerLink } from "./link.ts";
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
      <Heading>{open ? "Your offer" : "Your offer is closed"}</Heading>
      <p>
        <strong>
          <Name name={volume.name} id={volume.id} />
        </strong>
        , {volume.size} GiB{transfer.no_snapshots ? ", without its snapshots" : ", with its snapshots"}
        {transfer.expires_at !== undefined && (
          <>
            , until <Time value={transfer.expires_at} />
          </>
        )}
        .
      </p>
      {data !== undefined && (
        <Message kind={data.status === "open" ? "note" : "success"}>{describeOutcome(data)}</Message>
      )}
      <Problem message={error} />
      {open && transfer.auth_key === "" && (
        <Message kind="success">
          The members of project <code>{transfer.destination_project_id}</code> find the offer under Receive.
          There is no link to send.
        </Message>
      )}
      {open && transfer.auth_key !== "" && (
        <article>
          <Message kind="warning">
            This is the only time that you see the link. Whoever has it can take the volume: send it only to
            the recipient.
          </Message>
          <div class="share">
            <div>
              <Copyable label="Link" text={link} secret />
              <details>
                <summary>For the command line</summary>
                <Copyable label="ID" text={transfer.id} />
                <Copyable label="Key" text={transfer.auth_key} secret />
                <Copyable
                  label="Command of the recipient"
                  text={`openstack ${region === undefined ? "" : `--os-region-name ${region} `}volume transfer request accept --auth-key ${transfer.auth_key} ${transfer.id}`}
                  secret
                />
              </details>
            </div>
            <QrCode text={link} label="QR code of the link" />
          </div>
        </article>
      )}
      <button type="button" class={open ? "secondary" : ""} onClick={props.onDone}>
        Back to the volumes
      </button>
    </>
  );
}
