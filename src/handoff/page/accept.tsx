import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { accept, makeIdempotencyKey, type Preview, preview } from "./api.ts";
import { formatSize, formatSnapshots, formatTimeLeft } from "./format.ts";
import { useAction, useClock } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
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
      {over ? t.accept.seeVolumes : t.accept.notNow}
    </button>
  );

  if (accepted && seen !== undefined) return <Accepted seen={seen} project={project} onDone={onDone} />;
  if (seen === undefined) {
    return (
      <div class="narrow">
        <Heading>{t.accept.offered}</Heading>
        <p>
          {t.accept.intro(
            <strong>
              <bdi>{project.name}</bdi>
            </strong>,
          )}
        </p>
        <Problem message={look.error} />
        {look.error !== undefined && region !== undefined && (
          <p>{t.accept.otherRegion(<strong>{region}</strong>)}</p>
        )}
        <Buttons>
          {!over && (
            <button type="button" aria-busy={look.busy} aria-disabled={look.busy} onClick={look.run}>
              {t.accept.look}
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
      <Heading>{t.accept.question}</Heading>
      <article>
        <Details seen={seen} project={project} />
      </article>
      {full !== null && (
        <Message kind="warning">{t.accept.noRoom(<bdi>{project.name}</bdi>, quotaWord(full.name))}</Message>
      )}
      {seen.source_project_id === project.id && !over && (
        <Message kind="warning">{t.accept.own(<bdi>{project.name}</bdi>)}</Message>
      )}
      <Problem message={take.error ?? look.error} />
      <Buttons>
        {over ? null : full === null ? (
          <button type="button" aria-busy={take.busy} aria-disabled={take.busy} onClick={take.run}>
            {t.accept.submit}
          </button>
        ) : (
          <button type="button" aria-busy={look.busy} aria-disabled={look.busy} onClick={look.run}>
            {t.accept.lookAgain}
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
      <dt>{t.accept.volume}</dt>
      <dd>
        <strong>
          <Name name={volume.name} id={volume.id} />
        </strong>
      </dd>
      {volume.description && (
        <>
          <dt>{t.accept.description}</dt>
          <dd>
            <bdi>{volume.description}</bdi>
          </dd>
        </>
      )}
      <dt>{t.accept.size}</dt>
      <dd>{formatSize(volume.size)}</dd>
      <dt>{t.accept.type}</dt>
      <dd>
        <bdi>{typeWord(volume.volume_type)}</bdi>
      </dd>
      {region !== undefined && (
        <>
          <dt>{t.accept.region}</dt>
          <dd>{region}</dd>
        </>
      )}
      <dt>{t.accept.snapshots}</dt>
      <dd>{formatSnapshots(snapshots.count, snapshots.gigabytes)}</dd>
      {seen.name && (
        <>
          <dt>{t.accept.offer}</dt>
          <dd>
            <bdi>{seen.name}</bdi>
          </dd>
        </>
      )}
      <dt>{t.accept.from}</dt>
      <dd>
        <code>{seen.source_project_id}</code>
      </dd>
      <dt>{t.accept.to}</dt>
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
      <dt>{t.accept.ends}</dt>
      <dd>
        {seen.expires_at === null
          ? t.accept.noEnd
          : t.accept.endsAt(formatTimeLeft(seen.expires_at), <Time value={seen.expires_at} />)}
      </dd>
    </dl>
  );
}

function Accepted({ seen, project, onDone }: { seen: Preview; project: Project; onDone: () => void }) {
  return (
    <div class="narrow">
      <Heading>{t.accept.accepted}</Heading>
      <Message kind="success">
        {t.accept.belongs(
          <strong>
            <Name name={seen.volume.name} id={seen.volume.id} />
          </strong>,
          <bdi>{project.name}</bdi>,
        )}
      </Message>
      <button type="button" onClick={onDone}>
        {t.accept.seeVolumes}
      </button>
    </div>
  );
}
