import { useState } from "preact/hooks";
import { Accept } from "./accept.tsx";
import { readSession, type SignInState, signOut } from "./api.ts";
import { formatTime } from "./format.ts";
import { History } from "./history.tsx";
import { messageOf, useAction } from "./hooks.ts";
import { useIncomingCount } from "./incoming.tsx";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Offers } from "./offers.tsx";
import { Message, Problem } from "./parts.tsx";
import { ChooseProject } from "./project.tsx";
import { Receive } from "./receive.tsx";
import { CurrentRegion } from "./region.tsx";
import { useView, VIEWS, type View } from "./views.ts";
import { Volumes } from "./volumes.tsx";

type Session = NonNullable<SignInState["session"]>;

interface Props {
  readonly session: Session;
  readonly strategy: SignInState["strategy"];
  readonly offered: OfferKey | undefined;
  /** Whether a link was opened of which a part is missing. */
  readonly incomplete: boolean;
  readonly onOffered: (offered: OfferKey | undefined) => void;
  /** @param why a sentence for the reader, if the session has ended */
  readonly onSession: (state: SignInState, why?: string) => void;
  /** Whether another tab has changed the session, and this one shows the session before. */
  readonly changed: boolean;
  readonly onReload: () => void;
}

/** What a user sees: the header with the account, the tabs, and the view of one of them. */
export function SignedIn(props: Props) {
  const { session, offered } = props;
  const { project } = session;
  const [view, show] = useView();
  const [visit, setVisit] = useState(0);
  const [choosing, setChoosing] = useState(false);
  const out = useSignOut(props);
  const go = (next: View) => {
    props.onOffered(undefined);
    // A tab begins its view anew, also the view that is shown.
    setVisit((before) => before + 1);
    show(next);
  };
  return (
    <>
      <header>
        <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
          {t.skip}
        </button>
        {props.strategy === "noauth" && <p class="banner">{t.account.development}</p>}
        <div class="container top">
          <strong class="brand">{t.brand}</strong>
          <div class="who">
            <span>
              <Who session={session} />
            </span>
            <CurrentRegion offered={offered} />
            {session.can_switch && project && (
              <button type="button" class="link" onClick={() => setChoosing(true)}>
                {t.account.changeProject}
              </button>
            )}
            <button type="button" class="link" onClick={out.run}>
              {t.account.signOut}
            </button>
          </div>
        </div>
      </header>
      <main class="container" id="content" tabIndex={-1}>
        {project && <Tabs project={project} current={offered === undefined ? view : undefined} go={go} />}
        {props.changed && (
          <Message kind="warning">
            {t.account.changedElsewhere(<bdi>{session.user}</bdi>, project && <bdi>{project.name}</bdi>)}{" "}
            <button type="button" class="link" onClick={props.onReload}>
              {t.account.showCurrent}
            </button>
          </Message>
        )}
        {props.incomplete && <Message kind="warning">{t.receive.incomplete}</Message>}
        <Problem message={out.error} />
        {project === null ? (
          <ChooseProject session={session} onChosen={props.onSession} heading />
        ) : (
          <Content key={visit} {...props} project={project} view={view} go={go} />
        )}
        {choosing && (
          <ChooseProject
            session={session}
            onChosen={(state) => {
              setChoosing(false);
              props.onSession(state);
            }}
            onClose={() => setChoosing(false)}
          />
        )}
      </main>
    </>
  );
}

function useSignOut({ session, strategy, onSession }: Props) {
  return useAction(async () => {
    try {
      const state = await signOut();
      onSession(state, strategy === "jwt" ? t.account.tokenLasts(formatTime(session.expires_at)) : undefined);
    } catch (error) {
      const state = await readSession();
      if (state.session !== undefined) throw error;
      onSession(state, messageOf(error));
    }
  });
}

function Who({ session: { user, project } }: { readonly session: Session }) {
  const name = (
    <span class="user">
      <bdi>{user}</bdi>
    </span>
  );
  if (project === null) return name;
  return t.account.userInProject(
    name,
    <strong>
      <bdi>{project.name}</bdi>
    </strong>,
  );
}

function Tabs(props: {
  readonly project: { readonly id: string };
  readonly current: View | undefined;
  readonly go: (view: View) => void;
}) {
  const incoming = useIncomingCount(props.project);
  return (
    <nav class="tabs" aria-label={t.views.label}>
      {VIEWS.map(({ id, title }) => (
        <a
          key={id}
          href={`?view=${id}`}
          aria-current={id === props.current ? "page" : undefined}
          onClick={(event) => {
            event.preventDefault();
            props.go(id);
          }}
        >
          {title}
          {id === "receive" && incoming > 0 && (
            <span class="badge">
              <span aria-hidden="true">{incoming}</span>
              <span class="hidden"> {t.offersForYou(incoming)}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Content(props: {
  readonly project: NonNullable<Session["project"]>;
  readonly offered: OfferKey | undefined;
  readonly onOffered: (offered: OfferKey | undefined) => void;
  readonly view: View;
  readonly go: (view: View) => void;
}) {
  const { offered, project, go, view } = props;
  if (offered !== undefined) {
    return <Accept key={offered.id} offer={offered} project={project} onDone={() => go("volumes")} />;
  }
  switch (view) {
    case "volumes":
      return <Volumes />;
    case "offers":
      return <Offers />;
    case "receive":
      return <Receive onOffer={props.onOffered} />;
    case "history":
      return <History project={project.id} />;
  }
}
