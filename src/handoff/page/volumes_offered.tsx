import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { makeIdempotencyKey, type NewTransfer, offer, type Volume } from "./api.ts";
import { Copyable, CopyStatus, useCopy } from "./copyable.tsx";
import { formatSize } from "./format.ts";
import { messageOf, PausedContext } from "./hooks.ts";
import { leave, useQuestion } from "./leave.ts";
import { LeaveDialog } from "./leave_dialog.tsx";
import { offerLink } from "./link.ts";
import { t } from "./messages/messages.ts";
import type { OfferOf } from "./offer_dialog.tsx";
import { Heading, Message, Name } from "./parts.tsx";
import { isSignedOut } from "./request.ts";
import { VolumeNames } from "./volumes_parts.tsx";

/** The state of one of several volumes that are offered. */
type Outcome =
  | { readonly kind: "running" }
  | { readonly kind: "made"; readonly transfer: NewTransfer }
  | { readonly kind: "failed"; readonly error: string };

/** Offers volumes one after another, and shows the link of each: the only place that shows their keys. */
export function OfferedVolumes(props: {
  readonly volumes: readonly Volume[];
  readonly offerOf: OfferOf;
  readonly onDone: () => void;
}) {
  const { volumes } = props;
  const { outcomes, running, run } = useOffers(volumes, props.offerOf);
  const made = volumes.flatMap((volume) => {
    const outcome = outcomes.get(volume.id);
    return outcome?.kind === "made" ? [{ volume, transfer: outcome.transfer }] : [];
  });
  const failed = volumes.filter(({ id }) => outcomes.get(id)?.kind === "failed");
  const links = made.filter(({ transfer }) => transfer.auth_key !== "");
  // The volumes whose links the reader has.
  const [taken, setTaken] = useState<ReadonlySet<string>>(new Set());
  const isTaken = links.every(({ volume }) => taken.has(volume.id));
  const leaving = useQuestion(running ? "unmade" : isTaken ? undefined : "links");
  const unmade = volumes.filter(({ id }) => !["made", "failed"].includes(outcomes.get(id)?.kind ?? ""));
  const take = (of: readonly Volume[]) => setTaken(new Set([...taken, ...of.map(({ id }) => id)]));
  const recipient = made[0]?.transfer.destination_project_id;
  return (
    <>
      <Heading>{t.several.offers}</Heading>
      <p role="status">
        {running
          ? t.several.progress(made.length + failed.length, volumes.length)
          : t.several.result(made.length, volumes.length)}
      </p>
      {running && <progress max={volumes.length} value={made.length + failed.length} aria-hidden="true" />}
      {links.length > 0 && <Message kind="warning">{t.several.once}</Message>}
      {made.length > 0 && links.length === 0 && (
        <Message kind="success">{t.several.findThem(<code>{recipient}</code>)}</Message>
      )}
      <ul class="offers">
        {volumes.map((volume) => (
          <li key={volume.id}>
            <OfferedVolume
              volume={volume}
              outcome={outcomes.get(volume.id)}
              onCopied={() => take([volume])}
            />
          </li>
        ))}
      </ul>
      <div class="buttons">
        {!running && links.length > 1 && (
          <CopyAll text={textOf(links)} onCopied={() => take(links.map(({ volume }) => volume))} />
        )}
        {!running && failed.length > 0 && (
          <button type="button" class={links.length > 1 ? "outline" : undefined} onClick={() => run(failed)}>
            {t.several.again(failed.length)}
          </button>
        )}
        <button type="button" class="outline" onClick={() => leave(props.onDone)}>
          {t.offered.back}
        </button>
      </div>
      {running ? (
        <LeaveDialog
          question={leaving}
          title={t.several.unmadeTitle}
          warning={
            <>
              <p>{t.several.unmadeWarning}</p>
              <VolumeNames volumes={unmade} />
            </>
          }
        />
      ) : (
        <LeaveDialog
          question={leaving}
          title={t.several.leaveTitle}
          warning={<p>{t.several.leaveWarning}</p>}
        />
      )}
    </>
  );
}

function OfferedVolume(props: {
  readonly volume: Volume;
  readonly outcome: Outcome | undefined;
  readonly onCopied: () => void;
}) {
  const { volume, outcome, onCopied } = props;
  const { id, name, size } = volume;
  return (
    <>
      <strong>
        <Name name={name} id={id} />
      </strong>{" "}
      <small>{formatSize(size)}</small>
      {outcome === undefined && <p class="muted">{t.several.waits}</p>}
      {outcome?.kind === "running" && <p aria-busy="true">{t.several.runs}</p>}
      {outcome?.kind === "failed" && <Message kind="problem">{outcome.error}</Message>}
      {outcome?.kind === "made" &&
        (outcome.transfer.auth_key === "" ? (
          <p>{t.several.made}</p>
        ) : (
          <Copyable
            label={t.several.link(name || id)}
            text={offerLink(outcome.transfer)}
            onCopied={onCopied}
          />
        ))}
    </>
  );
}

interface Made {
  readonly volume: Volume;
  readonly transfer: NewTransfer;
}

/** Returns the names of volumes with their links, a line for each. */
const textOf = (links: readonly Made[]): string =>
  links.map(({ volume, transfer }) => `${volume.name || volume.id}: ${offerLink(transfer)}`).join("\n");

/** Copies all links. Where the browser does not let the page copy, it shows them selected. */
function CopyAll({ text, onCopied }: { readonly text: string; readonly onCopied: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { copied, refused, copy } = useCopy(text, field, onCopied);
  return (
    <>
      {refused && (
        <textarea
          ref={field}
          aria-label={t.several.allLinks}
          readOnly
          rows={6}
          value={text}
          onCopy={onCopied}
        />
      )}
      <CopyStatus copied={copied} refused={refused} label={t.several.allLinks} />
      <button type="button" onClick={copy}>
        {copied ? t.share.copied : t.several.copyAll}
      </button>
    </>
  );
}

/**
 * Offers volumes one after another. One that fails stops none of the others, and can be tried again. After a session that
 * has ended, it goes on with the next sign-in.
 */
function useOffers(volumes: readonly Volume[], offerOf: OfferOf) {
  const [outcomes, setOutcomes] = useState<ReadonlyMap<string, Outcome>>(new Map());
  const [running, setRunning] = useState(true);
  // The same for a repeated attempt: if the response was lost, the repetition gets the offer that was made.
  const keys = useRef(new Map(volumes.map(({ id }) => [id, makeIdempotencyKey()])));
  const left = useRef(false);
  const paused = useContext(PausedContext);
  const run = async (some: readonly Volume[]): Promise<void> => {
    setRunning(true);
    const set = (id: string, outcome: Outcome) => setOutcomes((before) => new Map(before).set(id, outcome));
    for (const volume of some) {
      // No further volume is offered where nobody sees its link.
      if (left.current) return;
      set(volume.id, { kind: "running" });
      try {
        const transfer = await offer(offerOf(volume), keys.current.get(volume.id) ?? makeIdempotencyKey());
        set(volume.id, { kind: "made", transfer });
      } catch (error) {
        if (isSignedOut(error)) return;
        set(volume.id, { kind: "failed", error: messageOf(error) });
      }
    }
    setRunning(false);
  };
  useEffect(() => {
    if (!paused) void run(volumes.filter(({ id }) => (outcomes.get(id)?.kind ?? "running") === "running"));
  }, [paused]);
  useEffect(
    () => () => {
      left.current = true;
    },
    [],
  );
  return { outcomes, running, run: (some: readonly Volume[]) => void run(some) };
}
