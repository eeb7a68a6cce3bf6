import { useState } from "preact/hooks";
import type { SignInState } from "./api.ts";
import { Brand } from "./brand.tsx";
import { Copyable } from "./copyable.tsx";
import { leave } from "./leave.ts";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Link } from "./place_link.tsx";
import { ChooseProject } from "./project.tsx";
import { ChangeRegion, CurrentRegion } from "./region.tsx";
import { viewAddress } from "./views.ts";

type Session = NonNullable<SignInState["session"]>;

const MENU = "account";

/** The header: the brand, and the account with what the reader can change. */
export function Header(props: {
  readonly session: Session;
  readonly strategy: SignInState["strategy"];
  readonly offered: OfferKey | undefined;
  readonly onSession: (state: SignInState) => void;
  readonly onSignOut: () => void;
}) {
  const { session, strategy } = props;
  const { project } = session;
  const [choosing, setChoosing] = useState<"project" | "region">();
  const close = () => setChoosing(undefined);
  const choose = (act: () => void) => () => {
    document.getElementById(MENU)?.hidePopover();
    leave(act);
  };
  return (
    <header>
      <button type="button" class="skip" onClick={() => document.getElementById("content")?.focus()}>
        {t.skip}
      </button>
      {strategy === "noauth" && <p class="banner">{t.account.development}</p>}
      <div class="container top">
        <Link to={viewAddress("volumes")}>
          <Brand />
        </Link>
        <button type="button" class="account" popovertarget={MENU}>
          <Who session={session} />
        </button>
        <div id={MENU} popover="auto">
          <p>
            <Who session={session} />
          </p>
          {project && project.id !== project.name && (
            <Copyable label={t.account.projectId} text={project.id} />
          )}
          <CurrentRegion onChange={choose(() => setChoosing("region"))} />
          {session.can_switch && project && (
            <button type="button" class="item" onClick={choose(() => setChoosing("project"))}>
              {t.account.changeProject}
            </button>
          )}
          <button type="button" class="item" onClick={choose(props.onSignOut)}>
            {t.account.signOut}
          </button>
        </div>
      </div>
      {choosing === "region" && <ChangeRegion offered={props.offered} onClose={close} />}
      {choosing === "project" && (
        <ChooseProject
          session={session}
          onChosen={(state) => {
            close();
            props.onSession(state);
          }}
          onClose={close}
        />
      )}
    </header>
  );
}

/** The user, and the project. */
function Who({ session: { user, project } }: { readonly session: Session }) {
  const name = <bdi>{user}</bdi>;
  return (
    <span class="who">
      {project === null
        ? name
        : t.account.userInProject(
            name,
            <strong>
              <bdi>{project.name}</bdi>
            </strong>,
          )}
    </span>
  );
}
