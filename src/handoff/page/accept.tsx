import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { accept, makeIdempotencyKey, type Preview, preview } from "./api.ts";
import { formatSnapshots, formatTimeLeft } from "./format.ts";
import { useAction, useClock } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { useRegion } from "./region.tsx";
import { isFinal } from "./request.ts";
import { quotaWord, typeWord } from "./words.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}

/** An offer to the reader: first to look at, then to accept. Nothing is sent before a click. */
export function Accept(props: { offer: OfferKey; project: Project; onDone: () => void }) {
  const { offer, project, onDone } = props;
  const region = useRegion();
  const [seen, setSeen] = useState<Preview>();
  const [accepted, setAccepted] = useState(false);
  // The same for a repeated attempt: if the response was lost, the repetition gets it.
  const [idempotencyKey] = useState(makeIdempotencyKey);
  // Whether the offer is closed, or does not take the key: there is nothing to try again.
  const [over, setOver] = useState(false);
  const attempt = (work: () => Promise<void>) => () =>
    work().catch((error: unknown) => {
      setOver(isFinal(error));
      throw error;
    });
  const look = useAction(attempt(async () => setSeen(await preview(offer.id, offer.auth_key))));
  const take = useAction(
    attempt(async () => {
      await accept(offer.id, offer.auth_key, idempotencyKey);
      setAccepted(true);
    }),
  );
  const leave = (
    <button type="button" class={over ? "" : "secondary outline"} onClick={onDone}>
      {over ? "See your volumes" : "Not now"}
    </button>
  );

  if (accepted && seen !== undefined) return <Accepted seen={seen} project={project} onDone={onDone} />;
  if (seen === undefined) {
    return (
      <div class="narrow">
        <Heading>You are offered a volume</Heading>
        <p>
          Look at it first. Nothing changes before you accept. It would go to project{" "}
          <strong>
            <bdi>{project.name}</bdi>
          </strong>
          .
        </p>
        <Problem message={look.error} />
        {look.error !== undefined && region !== undefined && (
          <p>
            You are in region <strong>{region}</strong>. If the offer is in another region, change the region.
          </p>
        )}
        <Buttons>
          {!over && (
            <button type="button" aria-busy={look.busy} aria-disabled={look.busy} onClick={look.run}>
              Look at the offer
            </button>
          )}
          {leave}
        </Buttons>
      </div>
    );
  }
  const full = seen.exceeded_quota;
  return (
    <div class="narrow">
      <Heading>Accept this volume?</Heading>
      <article>
        <Details seen={seen} project={project} />
      </article>
      {full !== null && (
        <Message kind="warning">
          Project <bdi>{project.name}</bdi> has no room: {quotaWord(full.name)}. Delete something, ask your
          operator for more, or change the project.
        </Message>
      )}
      {seen.source_project_id === project.id && !over && (
        <Message kind="warning">
          Your own project <bdi>{project.name}</bdi> offers this volume. If you accept, it stays there, and
          the offer ends.
        </Message>
      )}
      <Problem message={take.error ?? look.error} />
      <Buttons>
        {over ? null : full === null ? (
          <button type="button" aria-busy={take.busy} aria-disabled={take.busy} onClick={take.run}>
            Accept
          </button>
        ) : (
          <button type="button" aria-busy={look.busy} aria-disabled={look.busy} onClick={look.run}>
            Look again
          </button>
        )}
        {leave}
      </Buttons>
    </div>
  );
}

const Buttons = ({ children }: { readonly children: ComponentChildren }) => (
  <div class="buttons">{children}</div>
);

function Details({ seen, project }: { readonly seen: Preview; readonly project: Project }) {
  const { volume, snapshots } = seen;
  const region = useRegion();
  useClock();
  return (
    <dl>
      <dt>Volume</dt>
      <dd>
        <strong>
          <Name name={volume.name} id={volume.id} />
        </strong>
      </dd>
      {volume.description && (
        <>
          <dt>Description</dt>
          <dd>
            <bdi>{volume.description}</bdi>
          </dd>
        </>
      )}
      <dt>Size</dt>
      <dd>{volume.size} GiB</dd>
      <dt>Type</dt>
      <dd>
        <bdi>{typeWord(volume.volume_type)}</bdi>
      </dd>
      {region !== undefined && (
        <>
          <dt>Region</dt>
          <dd>{region}</dd>
        </>
      )}
      <dt>Snapshots</dt>
      <dd>{formatSnapshots(snapshots.count, snapshots.gigabytes)}</dd>
      {seen.name && (
        <>
          <dt>Offer</dt>
          <dd>
            <bdi>{seen.name}</bdi>
          </dd>
        </>
      )}
      <dt>From project</dt>
      <dd>
        <code>{seen.source_project_id}</code>
      </dd>
      <dt>To project</dt>
      <dd>
        <strong>
          <bdi>{project.name}</bdi>
        </strong>
        {project.name !== project.id && (
          <>
            {" "}
            <code>{project.id}</code>
          </>
        )}
      </dd>
      <dt>Offer ends</dt>
      <dd>
        {seen.expires_at === null ? (
          "No end"
        ) : (
          <>
            {formatTimeLeft(seen.expires_at)}, <Time value={seen.expires_at} />
          </>
        )}
      </dd>
    </dl>
  );
}

function Accepted({ seen, project, onDone }: { seen: Preview; project: Project; onDone: () => void }) {
  return (
    <div class="narrow">
      <Heading>The volume is yours</Heading>
      <Message kind="success">
        <strong>
          <Name name={seen.volume.name} id={seen.volume.id} />
        </strong>{" "}
        belongs to project <bdi>{project.name}</bdi> now.
      </Message>
      <button type="button" onClick={onDone}>
        See your volumes
      </button>
    </div>
  );
}
