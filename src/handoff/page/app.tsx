import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { readSession, type SignInState } from "./api.ts";
import { setBrand } from "./brand.tsx";
import { Footer } from "./footer.tsx";
import { PausedContext, useLoad } from "./hooks.ts";
import { isKept } from "./leave.ts";
import { takeLink } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Problem } from "./parts.tsx";
import { ChooseRegion, RegionContext } from "./region.tsx";
import { onSessionChanged, onSignedOut, showState } from "./request.ts";
import { SIGNED_IN, SignedInWindow, SignIn, signedInElsewhere } from "./sign_in.tsx";
import { SignedIn } from "./signed_in.tsx";
import { Skeleton } from "./skeleton.tsx";

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
  // The last state with a project. Its view stays while the reader signs in again, with what was typed into it.
  const last = useRef<SignInState | undefined>(undefined);
  useEffect(() => {
    setState(data);
    setChanged(false);
  }, [data]);
  useEffect(() => {
    onSessionChanged(() => setChanged(true));
    onSignedOut(() => {
      // A link that is shown for the only time stays, until the reader has it or goes on.
      if (isKept()) return;
      setEnded(t.account.ended);
      setState((before) => before && withoutSession(before));
    });
    const anotherLink = () => setOpened((before) => takeLink() ?? before);
    addEventListener("hashchange", anotherLink);
    return () => removeEventListener("hashchange", anotherLink);
  }, []);
  useEffect(() => signedInElsewhere(reload), [reload]);
  const signedIn = useCallback((next: SignInState, why?: string) => {
    // The reader has signed out.
    if (next.session === undefined) last.current = undefined;
    setEnded(why);
    setChanged(false);
    setState(next);
  }, []);

  if (new URLSearchParams(location.search).has(SIGNED_IN)) return <SignedInWindow />;
  if (state === undefined) {
    return (
      // As in the document, which shows it before the script runs.
      <main class="container loading">
        {error === undefined ? <Skeleton /> : <Problem message={error} onRetry={reload} />}
      </main>
    );
  }
  showState(state);
  setBrand(state.brand);
  const { session } = state;
  if (session?.project != null) last.current = state;
  const { current: view } = last;
  const isSameUser = view?.caller?.startsWith(`${state.caller}/`);
  const common = {
    strategy: state.strategy,
    offered,
    incomplete: opened === "incomplete",
    onOffered: setOpened,
    onSession: signedIn,
    changed,
    onReload: reload,
  };
  return (
    <RegionContext.Provider value={state}>
      {state.regions !== undefined && state.region === undefined ? (
        <ChooseRegion offered={offered} />
      ) : session === undefined ? (
        <SignIn
          state={state}
          offered={offered}
          waits={view !== undefined}
          ended={ended ?? (opened === "incomplete" ? t.receive.incomplete : undefined)}
          onSignedIn={signedIn}
        />
      ) : (
        session.project === null && (
          <SignedIn
            {...common}
            session={session}
            before={isSameUser ? view?.session?.project?.id : undefined}
          />
        )
      )}
      {view?.session && (
        <PausedContext.Provider value={view !== state}>
          <div class="view" hidden={view !== state}>
            {/* A view of one user and project must not show the data of another. */}
            <SignedIn {...common} key={view.caller} session={view.session} />
          </div>
        </PausedContext.Provider>
      )}
      <Footer version={state.version} />
    </RegionContext.Provider>
  );
}

const withoutSession = ({ session: _, caller: __, ...state }: SignInState): SignInState => state;
