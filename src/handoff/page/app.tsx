import { useCallback, useEffect, useState } from "preact/hooks";
import { Accept } from "./accept.tsx";
import { readSession, type SignInState, signOut } from "./api.ts";
import { formatTime } from "./format.ts";
import { History } from "./history.tsx";
import { messageOf, useAction, useLoad } from "./hooks.ts";
import { useIncomingCount } from "./incoming.tsx";
import { type OfferKey, takeLink } from "./link.ts";
import { Offers } from "./offers.tsx";
import { Message, Problem } from "./parts.tsx";
import { ChooseProject } from "./project.tsx";
import { Receive } from "./receive.tsx";
import { ChooseRegion, CurrentRegion, RegionContext } from "./region.tsx";
import { onSessionChanged, onSignedOut, showState } from "./request.ts";
import { SIGNED_IN, SignedInWindow, SignIn, signedInElsewhere } from "./sign_in.tsx";
import { useView, VIEWS, type View } from "./views.ts";
import { Volumes } from "./volumes.tsx";

const INCOMPLETE =
  "The link that you opened is not complete. Open it again, or copy all of it and paste it under Receive.";

/** @param link what the address of the page contained */
export function App({ link }: { readonly link: ReturnType<typeof takeLink> }) {
  // The key is in this variable alone: not in the address, not in the history, not in a storage.
  const [opened, setOpened] = useState(link);
  const offered = opened === "incomplete" ? undefined : opened;
  const { data, error, reload } = useLoad(readSession, []);
  const [state, setState] = useState<SignInState>();
  // Why there is no session any more.
  const [ended, setEnded] = useState<string>();
  const [changed, setChanged] = useState(false);
  useEffect(() => {
    setState(data);
    setChanged(false);
  }, [data]);
  useEffect(() => {
    onSessionChanged(() => setChanged(true));
    onSignedOut(() => {
      setEnded("Your session has ended. Sign in to continue.");
      setState((before) => before && withoutSession(before));
    });
    const anotherLink = () => setOpened((before) => takeLink() ?? before);
    addEventListener("hashchange", anotherLink);
    return () => removeEventListener("hashchange", anotherLink);
  }, []);
  useEffect(() => signedInElsewhere(reload), [reload]);
  const signedIn = useCallback((next: SignInState, why?: string) => {
    setEnded(why);
    setChanged(false);
    setState(next);
  }, []);

  if (new URLSearchParams(location.search).has(SIGNED_IN)) return <SignedInWindow />;
  if (state === undefined) {
    return (
      // As in the document, which shows it before the script runs.
      <main class="container loading">
        {error === undefined ? <p aria-busy="true">Loading</p> : <Problem message={error} />}
        {error !== undefined && (
          <button type="button" onClick={reload}>
            Try again
          </button>
        )}
      </main>
    );
  }
  const { session } = state;
  showState(state);
  return (
    <RegionContext.Provider value={state}>
      {state.regions !== undefined && state.region === undefined ? (
        <ChooseRegion offered={offered} />
      ) : session === undefined ? (
        <SignIn
          state={state}
          offered={offered}
          ended={ended ?? (opened === "incomplete" ? INCOMPLETE : undefined)}
          onSignedIn={signedIn}
        />
      ) : (
        <SignedIn
          // A view of one user and project must not show the data of another.
          key={state.caller}
          session={session}
          strategy={state.strategy}
          offered={offered}
          incomplete={opened === "incomplete"}
          onOffered={setOpened}
          onSession={signedIn}
          changed={changed}
          onReload={reload}
        />
      )}
    </RegionContext.Provider>
  );
}

const withoutSession = ({ session: _, caller: __, ...state }: SignInState): SignInState => state;

type Session = NonNullable<SignInState["session"]>;

function SignedIn(props: {
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
}) {
  const { session, offered } = props;
  const { project } = session;
  const [view, show] = useView();
  const [visit, setVisit] = useState(0);
  const incoming = useIncomingCount(project);
  const [choosing, setChoosing] = useState(false);
  const out = useAction(async () => {
    try {
      const state = await signOut();
      const lasts = `Your token cannot be ended: a copy of it stays valid until ${formatTime(session.expires_at)}.`;
      props.onSession(
        state,
        props.strategy === "jwt" ? `You are signed out of this browser. ${lasts}` : undefined,
      );
    } catch (error) {
      const state = await readSession();
      if (state.session !== undefined) throw error;
      props.onSession(state, messageOf(error));
    }
  });
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
          Skip to content
        </button>
        {props.strategy === "noauth" && (
          <p class="banner">For development only: this service does not check who you are.</p>
        )}
        <div class="container top">
          <strong class="brand">Volume handoff</strong>
          <div class="who">
            <span>
              <span class="user">
                <bdi>{session.user}</bdi>
              </span>
              {project && (
                <>
                  {" in project "}
                  <strong>
                    <bdi>{project.name}</bdi>
                  </strong>
                </>
              )}
            </span>
            <CurrentRegion offered={offered} />
            {session.can_switch && project && (
              <button type="button" class="link" onClick={() => setChoosing(true)}>
                Change project
              </button>
            )}
            <button type="button" class="link" onClick={out.run}>
              Sign out
            </button>
          </div>
        </div>
      </header>
      <main class="container" id="content" tabIndex={-1}>
        {project && (
          <nav class="tabs" aria-label="Views">
            {VIEWS.map(({ id, title }) => (
              <a
                key={id}
                href={`?view=${id}`}
                aria-current={view === id && offered === undefined ? "page" : undefined}
                onClick={(event) => {
                  event.preventDefault();
                  go(id);
                }}
              >
                {title}
                {id === "receive" && incoming > 0 && (
                  <span class="badge">
                    {incoming}
                    <span class="hidden"> offers for you</span>
                  </span>
                )}
              </a>
            ))}
          </nav>
        )}
        {props.changed && (
          <Message kind="warning">
            In another tab you have become another user, or changed the project. This tab shows{" "}
            <bdi>{session.user}</bdi>
            {project && (
              <>
                {" in project "}
                <bdi>{project.name}</bdi>
              </>
            )}
            , and can do nothing.{" "}
            <button type="button" class="link" onClick={props.onReload}>
              Show what you are now
            </button>
          </Message>
        )}
        {props.incomplete && <Message kind="warning">{INCOMPLETE}</Message>}
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
