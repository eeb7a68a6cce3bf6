import type { ComponentChildren } from "preact";
import { useContext, useState } from "preact/hooks";
import { Accept } from "./accept.tsx";
import { readSession, type SignInState, signOut } from "./api.ts";
import { formatTime } from "./format.ts";
import { Header } from "./header.tsx";
import { History } from "./history.tsx";
import { PausedContext, useAction } from "./hooks.ts";
import { useIncomingCount } from "./incoming.tsx";
import type { OfferKey } from "./link.ts";
import { useLive } from "./live.ts";
import { t } from "./messages/messages.ts";
import { OfferView } from "./offer_view.tsx";
import { Offers } from "./offers.tsx";
import { Message, Problem } from "./parts.tsx";
import { ChooseProject } from "./project.tsx";
import { Receive } from "./receive.tsx";
import { goTo, usePlace, VIEWS, type View, viewAddress } from "./views.ts";
import { Volumes } from "./volumes.tsx";

type Session = NonNullable<SignInState["session"]>;
type Project = NonNullable<Session["project"]>;

interface Props {
  readonly session: Session;
  /** The project in which the user goes on after a session that has ended. */
  readonly before?: string | undefined;
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

/** The page of a user: the header with the account, the tabs, and the view of one of them. */
export function SignedIn(props: Props) {
  const { session, offered, onOffered } = props;
  const { project } = session;
  const paused = useContext(PausedContext);
  const isStale = useLive(project !== null && !paused);
  const out = useSignOut(props);
  return (
    <>
      <Header {...props} onSignOut={out.run} />
      {project === null ? (
        <main class="container" id="content" tabIndex={-1}>
          <Notices {...props} error={out.error} />
          <ChooseProject session={session} before={props.before} onChosen={props.onSession} />
        </main>
      ) : (
        <Views project={project} offered={offered} onOffered={onOffered}>
          <Notices {...props} error={out.error} />
          {isStale && <Message kind="warning">{t.stale}</Message>}
        </Views>
      )}
    </>
  );
}

function useSignOut({ session, strategy, onSession }: Props) {
  return useAction(async () => {
    const lasts = t.account.signInLasts(formatTime(session.expires_at));
    try {
      const state = await signOut();
      onSession(state, strategy === "jwt" ? lasts : undefined);
    } catch (error) {
      // The browser is signed out, and the identity service did not answer.
      const state = await readSession();
      if (state.session !== undefined) throw error;
      onSession(state, lasts);
    }
  });
}

/** A message that the reader must see in any view. */
function Notices(props: Props & { readonly error: string | undefined }) {
  const { user, project } = props.session;
  return (
    <>
      {props.changed && (
        <Message kind="warning">
          {t.account.changedElsewhere(<bdi>{user}</bdi>, project && <bdi>{project.name}</bdi>)}{" "}
          <button type="button" class="link" onClick={props.onReload}>
            {t.account.showCurrent}
          </button>
        </Message>
      )}
      {props.incomplete && <Message kind="warning">{t.receive.incomplete}</Message>}
      <Problem message={props.error} />
    </>
  );
}

function Views(props: {
  readonly project: Project;
  readonly offered: OfferKey | undefined;
  readonly onOffered: (offered: OfferKey | undefined) => void;
  readonly children: ComponentChildren;
}) {
  const { project, offered, onOffered } = props;
  const [visit, setVisit] = useState(0);
  const { view, offer, incoming } = usePlace(() => onOffered(undefined));
  const opened = offered ?? (incoming === undefined ? undefined : { id: incoming, auth_key: "" });
  const open = (next: OfferKey) => {
    // The browser's button leads back from it. Its key is not in the address.
    history.pushState(null, "", location.href);
    onOffered(next);
  };
  // A tab begins its view anew, also the view that is shown.
  const go = (next: View) => {
    goTo(viewAddress(next), () => setVisit((before) => before + 1));
  };
  return (
    <>
      <Tabs project={project} current={offered === undefined ? view : undefined} go={go} />
      <main class="container" id="content" tabIndex={-1}>
        {props.children}
        {opened !== undefined ? (
          <Accept key={opened.id} offer={opened} project={project} />
        ) : offer !== undefined ? (
          <OfferView key={offer.id} offer={offer} project={project.id} from={view} />
        ) : (
          <Content key={visit} view={view} project={project} onOffer={open} />
        )}
      </main>
    </>
  );
}

function Tabs(props: {
  readonly project: Project;
  readonly current: View | undefined;
  readonly go: (view: View) => void;
}) {
  const incoming = useIncomingCount(props.project);
  return (
    <nav class="tabs" aria-label={t.views.label}>
      <div class="container">
        {VIEWS.map(({ id, title }) => (
          <a
            key={id}
            href={viewAddress(id)}
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
      </div>
    </nav>
  );
}

function Content(props: {
  readonly project: Project;
  readonly onOffer: (offer: OfferKey) => void;
  readonly view: View;
}) {
  const { project, onOffer, view } = props;
  switch (view) {
    case "volumes":
      return <Volumes project={project.id} />;
    case "offers":
      return <Offers />;
    case "receive":
      return <Receive project={project} onOffer={onOffer} />;
    case "history":
      return <History project={project.id} />;
  }
}
