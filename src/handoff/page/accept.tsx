import { useContext, useEffect, useState } from "preact/hooks";
import { accept, makeIdempotencyKey, type Preview, preview } from "./api.ts";
import { DeclineDialog } from "./decline.tsx";
import { Details } from "./details.tsx";
import { formatSize, formatSnapshots, formatTimeLeft } from "./format.ts";
import { PausedContext, useAction, useClock } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Busy, Heading, Message, Name, Problem, Time } from "./parts.tsx";
import { useRegion } from "./region.tsx";
import { isFinal } from "./request.ts";
import { Skeleton } from "./skeleton.tsx";
import { goTo, viewAddress } from "./views.ts";
import { quotaWord, typeWord } from "./words.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}

const seeVolumes = () => goTo(viewAddress("volumes"));

/** Whether the reader comes from the list of offers for the project, and not from a link. */
const isIncoming = ({ auth_key }: OfferKey): boolean => auth_key === "";

/** An offer to the reader: first to look at, then to accept. For a link, nothing is sent before a click. */
export function Accept({ offer, project }: { readonly offer: OfferKey; readonly project: Project }) {
  const [seen, setSeen] = useState<Preview>();
  const [done, setDone] = useState<"accepted" | "declined">();
  // Whether the offer is closed, or does not take the key: there is nothing to try again.
  const [over, setOver] = useState(false);
  const look = useAction(() =>
    preview(offer.id, offer.auth_key).then(setSeen, (error: unknown) => {
      setOver(isFinal(error));
      throw error;
    }),
  );
  const paused = useContext(PausedContext);
  // The reader has pressed Look in the list already: there is no link that somebody else could have opened.
  useEffect(() => {
    if (isIncoming(offer) && seen === undefined && !paused) look.run();
  }, [paused]);
  const end = (how: "accepted" | "declined") => {
    // A reload shows the list: the offer is closed.
    if (isIncoming(offer)) history.replaceState(null, "", viewAddress("receive"));
    setDone(how);
  };
  if (seen === undefined && isIncoming(offer) && look.error === undefined) return <Skeleton />;
  if (seen === undefined) return <Unseen offer={offer} project={project} look={look} over={over} />;
  const name = (
    <strong>
      <Name name={seen.volume.name} id={seen.volume.id} />
    </strong>
  );
  if (done !== undefined) {
    return (
      <div class="narrow">
        <Heading>{done === "accepted" ? t.accept.accepted : t.decline.declined}</Heading>
        <Message kind="success">
          {done === "accepted" ? t.accept.belongs(name, <bdi>{project.name}</bdi>) : t.decline.stays(name)}
        </Message>
        <button type="button" onClick={seeVolumes}>
          {t.accept.seeVolumes}
        </button>
      </div>
    );
  }
  return (
    <Decide
      offer={offer}
      seen={seen}
      project={project}
      look={look}
      over={over}
      onOver={setOver}
      onDone={end}
    />
  );
}

interface Look {
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly run: () => void;
}

function Unseen(props: {
  readonly offer: OfferKey;
  readonly project: Project;
  readonly look: Look;
  readonly over: boolean;
}) {
  const { offer, project, look, over } = props;
  const region = useRegion();
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
      <div class="buttons">
        {!over && (
          <Busy busy={look.busy} onClick={look.run}>
            {t.accept.look}
          </Busy>
        )}
        <Leave offer={offer} over={over} />
      </div>
    </div>
  );
}

const Leave = ({ offer, over }: { readonly offer: OfferKey; readonly over: boolean }) =>
  over ? (
    <button type="button" onClick={seeVolumes}>
      {t.accept.seeVolumes}
    </button>
  ) : (
    <button
      type="button"
      class="outline"
      onClick={() => goTo(viewAddress(isIncoming(offer) ? "receive" : "volumes"))}
    >
      {t.accept.notNow}
    </button>
  );

function Decide(props: {
  readonly offer: OfferKey;
  readonly seen: Preview;
  readonly project: Project;
  readonly look: Look;
  readonly over: boolean;
  readonly onOver: (over: boolean) => void;
  readonly onDone: (done: "accepted" | "declined") => void;
}) {
  const { offer, seen, project, look, over } = props;
  const [declining, setDeclining] = useState(false);
  // The same for a repeated attempt: if the response was lost, the repetition gets it.
  const [idempotencyKey] = useState(makeIdempotencyKey);
  const take = useAction(async () => {
    try {
      await accept(offer.id, offer.auth_key, idempotencyKey);
      props.onDone("accepted");
    } catch (error) {
      props.onOver(isFinal(error));
      throw error;
    }
  });
  const full = seen.exceeded_quota;
  return (
    <div class="narrow">
      <Heading>{t.accept.question}</Heading>
      <article>
        <Offered seen={seen} project={project} />
      </article>
      {full !== null && (
        <Message kind="warning">{t.accept.noRoom(<bdi>{project.name}</bdi>, quotaWord(full.name))}</Message>
      )}
      {seen.source_project_id === project.id && !over && (
        <Message kind="warning">{t.accept.own(<bdi>{project.name}</bdi>)}</Message>
      )}
      <Problem message={take.error ?? look.error} />
      <div class="buttons">
        {!over && (
          <Busy busy={take.busy || look.busy} onClick={full === null ? take.run : look.run}>
            {full === null ? t.accept.submit : t.accept.lookAgain}
          </Busy>
        )}
        <Leave offer={offer} over={over} />
        {!over && (
          <button type="button" class="outline" onClick={() => setDeclining(true)}>
            {t.receive.decline}
          </button>
        )}
      </div>
      {declining && (
        <DeclineDialog
          offer={offer}
          volume={seen.volume}
          onClose={() => setDeclining(false)}
          onDeclined={() => props.onDone("declined")}
        />
      )}
    </div>
  );
}

function Offered({ seen, project }: { readonly seen: Preview; readonly project: Project }) {
  const { volume, snapshots } = seen;
  const region = useRegion();
  useClock();
  return (
    <Details
      rows={{
        [t.accept.volume]: (
          <strong>
            <Name name={volume.name} id={volume.id} />
          </strong>
        ),
        [t.accept.description]: volume.description && <bdi>{volume.description}</bdi>,
        [t.accept.size]: formatSize(volume.size),
        [t.accept.type]: <bdi>{typeWord(volume.volume_type)}</bdi>,
        [t.accept.region]: region,
        [t.accept.snapshots]: formatSnapshots(snapshots.count, snapshots.gigabytes),
        [t.accept.offer]: seen.name && seen.name !== volume.name && <bdi>{seen.name}</bdi>,
        [t.accept.from]: <code>{seen.source_project_id}</code>,
        [t.accept.to]: (
          <>
            <strong>
              <bdi>{project.name}</bdi>
            </strong>{" "}
            {project.name !== project.id && <code>{project.id}</code>}
          </>
        ),
        [t.accept.ends]:
          seen.expires_at === null
            ? t.accept.noEnd
            : t.accept.endsAt(formatTimeLeft(seen.expires_at), <Time value={seen.expires_at} />),
      }}
    />
  );
}
