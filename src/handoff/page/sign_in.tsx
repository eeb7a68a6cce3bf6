import { useEffect, useId, useState } from "preact/hooks";
import { type SignInState, signIn } from "./api.ts";
import { Brand } from "./brand.tsx";
import { Form, textOf } from "./form.tsx";
import { useAction } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Heading, Message, Problem } from "./parts.tsx";
import { ChangeRegion, CurrentRegion } from "./region.tsx";
import { signInError } from "./sign_in_errors.ts";

/** The parameter of the address in the window in which the reader has signed in. */
export const SIGNED_IN = "signed-in";
const CHANNEL = "handoff";
/** The variable without which users of an identity provider cannot sign in. */
const OIDC_VARIABLE = "OIDC_CLIENT_ID";

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
      <Heading>{error === undefined ? t.signIn.signedIn : t.signIn.notSignedIn}</Heading>
      <Problem message={error} />
      <p>{t.signIn.closeWindow}</p>
    </main>
  );
}

export function SignIn(props: {
  readonly state: SignInState;
  /** The offer whose link was opened. */
  readonly offered: OfferKey | undefined;
  /** Whether a view waits for the new sign-in. */
  readonly waits: boolean;
  /** A sentence about the session that has ended. */
  readonly ended: string | undefined;
  readonly onSignedIn: (state: SignInState) => void;
}) {
  const { state, offered } = props;
  const [choosing, setChoosing] = useState(false);
  return (
    <main class="container narrow">
      <div class="top">
        <Brand />
        <span class="who">
          <CurrentRegion onChange={() => setChoosing(true)} />
        </span>
      </div>
      {choosing && <ChangeRegion offered={offered} onClose={() => setChoosing(false)} />}
      <Heading>{t.signIn.title}</Heading>
      {offered === undefined && <p class="muted">{t.signIn.intro}</p>}
      {props.ended !== undefined && <Message kind="note">{props.ended}</Message>}
      {offered && <Message kind="note">{t.signIn.offered}</Message>}
      <Problem message={signInError()} />
      <article>
        <StrategyForm
          state={state}
          stays={offered !== undefined || props.waits}
          onSignedIn={props.onSignedIn}
        />
      </article>
    </main>
  );
}

function StrategyForm(props: {
  state: SignInState;
  stays: boolean;
  onSignedIn: (state: SignInState) => void;
}) {
  const { state, stays, onSignedIn } = props;
  if (!state.can_sign_in) {
    return <Message kind="problem">{t.signIn.notConfigured(<code>{OIDC_VARIABLE}</code>)}</Message>;
  }
  switch (state.strategy) {
    case "jwt":
      return <ProviderForm stays={stays} />;
    case "noauth":
      return <NoauthForm onSignedIn={onSignedIn} />;
    case "keystone":
      return <KeystoneForm onSignedIn={onSignedIn} />;
  }
}

interface FormProps {
  readonly onSignedIn: (state: SignInState) => void;
}

function useSignIn(onSignedIn: FormProps["onSignedIn"]) {
  return useAction(async (fields: FormData) =>
    onSignedIn(
      await signIn(Object.fromEntries([...fields.keys()].map((name) => [name, textOf(fields, name)]))),
    ),
  );
}

/**
 * A session of an identity provider begins on its own page.
 *
 * @param props.stays whether that is another window, because this one keeps an offer or what the reader has begun
 */
function ProviderForm({ stays }: { readonly stays: boolean }) {
  const begin = () => {
    const popup = stays ? window.open("handoff/sign-in?popup", "_blank", "popup,width=480,height=680") : null;
    if (popup === null) location.assign("handoff/sign-in");
  };
  return (
    <>
      <p>{t.signIn.provider}</p>
      <button type="button" onClick={begin}>
        {t.signIn.submit}
      </button>
    </>
  );
}

function NoauthForm({ onSignedIn }: FormProps) {
  return (
    <Form action={useSignIn(onSignedIn)} submit={t.signIn.submit}>
      <Message kind="warning">{t.signIn.development}</Message>
      <Field name="user" label={t.signIn.user} autocomplete="username" />
      <Field name="project" label={t.signIn.project} />
    </Form>
  );
}

function KeystoneForm({ onSignedIn }: FormProps) {
  const [method, setMethod] = useState<"password" | "credential">("password");
  return (
    <Form action={useSignIn(onSignedIn)} submit={t.signIn.submit}>
      <fieldset class="choice">
        <legend>{t.signIn.method}</legend>
        <label>
          <input type="radio" checked={method === "password"} onChange={() => setMethod("password")} />
          {t.signIn.password}
        </label>
        <label>
          <input type="radio" checked={method === "credential"} onChange={() => setMethod("credential")} />
          {t.signIn.credential}
        </label>
      </fieldset>
      {method === "password" ? (
        <>
          <Field key="user" name="user" label={t.signIn.userName} autocomplete="username" />
          <Field
            key="domain"
            name="domain"
            label={t.signIn.domain}
            help={t.signIn.domainHelp}
            defaultValue="Default"
          />
          <Field
            key="password"
            name="password"
            label={t.signIn.passwordField}
            secret
            autocomplete="current-password"
          />
        </>
      ) : (
        <>
          <Field
            key="id"
            name="application_credential"
            label={t.signIn.credentialId}
            help={t.signIn.credentialHelp}
          />
          <Field key="secret" name="secret" label={t.signIn.secret} secret />
        </>
      )}
    </Form>
  );
}

function Field(props: {
  readonly name: string;
  readonly label: string;
  /** A sentence below it. */
  readonly help?: string;
  readonly secret?: boolean;
  readonly autocomplete?: "username" | "current-password";
  readonly defaultValue?: string;
}) {
  const { label, help, secret, autocomplete = "off", ...rest } = props;
  const id = useId();
  const field = { required: true, spellcheck: false, autocomplete, ...rest };
  const described = help === undefined ? field : { ...field, "aria-describedby": id };
  return (
    <>
      {secret ? (
        <label>
          {label}
          <input type="password" {...described} />
        </label>
      ) : (
        <label>
          {label}
          <input {...described} />
        </label>
      )}
      {help !== undefined && <small id={id}>{help}</small>}
    </>
  );
}
