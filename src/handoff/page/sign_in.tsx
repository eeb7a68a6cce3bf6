import { useEffect, useState } from "preact/hooks";
import { type SignInState, signIn } from "./api.ts";
import { useAction } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { Heading, Message, Problem } from "./parts.tsx";
import { CurrentRegion } from "./region.tsx";
import { signInError } from "./sign_in_errors.ts";

/** The parameter of the address in the window in which the reader has signed in. */
export const SIGNED_IN = "signed-in";
const CHANNEL = "handoff";

/** Calls a function when the reader has signed in in another window. */
export function signedInElsewhere(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = listener;
  return () => channel.close();
}

/** The window in which the reader has signed in, while another keeps the offer. */
export function SignedInWindow() {
  const error = signInError();
  useEffect(() => {
    if (error !== undefined) return;
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage(SIGNED_IN);
    channel.close();
    window.close();
  }, [error]);
  return (
    <main class="container narrow">
      <Heading>{error === undefined ? "You are signed in" : "You are not signed in"}</Heading>
      <Problem message={error} />
      <p>Close this window, and return to the one with the offer.</p>
    </main>
  );
}

export function SignIn(props: {
  readonly state: SignInState;
  /** The offer whose link was opened. */
  readonly offered: OfferKey | undefined;
  /** A sentence about the session that has ended. */
  readonly ended: string | undefined;
  readonly onSignedIn: (state: SignInState) => void;
}) {
  const { state, offered } = props;
  return (
    <main class="container narrow">
      <div class="brand">
        <span>Volume handoff</span>
        <span class="who">
          <CurrentRegion offered={offered} />
        </span>
      </div>
      <Heading>Sign in</Heading>
      {props.ended !== undefined && <Message kind="note">{props.ended}</Message>}
      {offered && (
        <Message kind="note">
          Somebody offers you a volume. Sign in to see it. Nothing has happened yet.
        </Message>
      )}
      <Problem message={signInError()} />
      <article>
        <Form state={state} offered={offered !== undefined} onSignedIn={props.onSignedIn} />
      </article>
    </main>
  );
}

function Form(props: { state: SignInState; offered: boolean; onSignedIn: (state: SignInState) => void }) {
  const { state, offered, onSignedIn } = props;
  if (!state.can_sign_in) {
    return (
      <Message kind="problem">
        Sign-in is not configured. The operator sets <code>OIDC_CLIENT_ID</code>.
      </Message>
    );
  }
  switch (state.strategy) {
    case "jwt":
      return <ProviderForm offered={offered} />;
    case "noauth":
      return <NoauthForm onSignedIn={onSignedIn} />;
    case "keystone":
      return <KeystoneForm onSignedIn={onSignedIn} />;
  }
}

type FormProps = { readonly onSignedIn: (state: SignInState) => void };

/** Returns the texts of a form's fields. */
function fieldsOf(form: HTMLFormElement): Record<string, string> {
  const fields = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value.trim()]] : [],
  );
  return Object.fromEntries(fields);
}

function useSignIn(onSignedIn: FormProps["onSignedIn"]) {
  const { run, ...rest } = useAction(async (form: HTMLFormElement) =>
    onSignedIn(await signIn(fieldsOf(form))),
  );
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement) run(event.currentTarget);
  };
  return { ...rest, onSubmit };
}

/** A session of an identity provider begins on its own page. An offer stays in this window meanwhile. */
function ProviderForm({ offered }: { readonly offered: boolean }) {
  const begin = () => {
    const popup = offered
      ? window.open("handoff/sign-in?popup", "_blank", "popup,width=480,height=680")
      : null;
    if (popup === null) location.assign("handoff/sign-in");
  };
  return (
    <>
      <p>Your identity provider asks who you are, and sends you back here.</p>
      <button type="button" onClick={begin}>
        Sign in
      </button>
    </>
  );
}

function NoauthForm({ onSignedIn }: FormProps) {
  const { busy, error, onSubmit } = useSignIn(onSignedIn);
  return (
    <form onSubmit={onSubmit}>
      <Message kind="warning">
        For development only: this service does not check who you are. Everybody who reaches it can take any
        project.
      </Message>
      <Problem message={error} />
      <label>
        User
        <input name="user" required autocomplete="username" spellcheck={false} />
      </label>
      <label>
        Project
        <input name="project" required autocomplete="off" spellcheck={false} />
      </label>
      <Submit busy={busy} />
    </form>
  );
}

function KeystoneForm({ onSignedIn }: FormProps) {
  const [method, setMethod] = useState<"password" | "credential">("password");
  const { busy, error, onSubmit } = useSignIn(onSignedIn);
  return (
    <form onSubmit={onSubmit}>
      <Problem message={error} />
      <fieldset class="choice">
        <legend>Sign in with</legend>
        <label>
          <input type="radio" checked={method === "password"} onChange={() => setMethod("password")} />
          User and password
        </label>
        <label>
          <input type="radio" checked={method === "credential"} onChange={() => setMethod("credential")} />
          Application credential
        </label>
      </fieldset>
      {method === "password" ? (
        <>
          <label>
            User name
            <input key="user" name="user" required autocomplete="username" spellcheck={false} />
          </label>
          <label>
            Domain
            <input
              key="domain"
              name="domain"
              required
              defaultValue="Default"
              autocomplete="off"
              spellcheck={false}
            />
          </label>
          <label>
            Password
            <input key="password" name="password" type="password" required autocomplete="current-password" />
          </label>
        </>
      ) : (
        <>
          <label>
            ID of the credential
            <input key="id" name="application_credential" required autocomplete="off" spellcheck={false} />
          </label>
          <label>
            Secret
            <input key="secret" name="secret" type="password" required autocomplete="off" />
          </label>
        </>
      )}
      <Submit busy={busy} />
    </form>
  );
}

const Submit = ({ busy }: { readonly busy: boolean }) => (
  <button type="submit" aria-busy={busy} aria-disabled={busy}>
    Sign in
  </button>
);
