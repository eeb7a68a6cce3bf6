import { createContext } from "preact";
import { useContext, useState } from "preact/hooks";
import type { SignInState } from "./api.ts";
import { linkTo, type OfferKey } from "./link.ts";
import { Dialog, Heading, Message, Problem } from "./parts.tsx";
import { signInError } from "./sign_in_errors.ts";

type Regions = Pick<SignInState, "region" | "regions">;

/** The regions of the service; none, unless it has several. */
export const RegionContext = createContext<Regions>({});

/** Returns the region of this page; undefined if the service has only one. */
export const useRegion = (): string | undefined => useContext(RegionContext).region;

/** Returns the regions of the service. */
export const useRegions = (): NonNullable<Regions["regions"]> => useContext(RegionContext).regions ?? [];

/** The view of an address without a region. */
export function ChooseRegion({ offered }: { readonly offered: OfferKey | undefined }) {
  return (
    <main class="container narrow">
      <p class="brand">Volume handoff</p>
      <Heading>Choose a region</Heading>
      <Problem message={signInError()} />
      {offered && (
        <Message kind="note">
          Somebody offers you a volume, and the link does not say in which region. Ask the sender.
        </Message>
      )}
      <p>Each region has its own volumes and offers.</p>
      <RegionLinks offered={offered} />
    </main>
  );
}

/**
 * The name of this page's region, and what leads to another one.
 *
 * @param props.offered the offer that the other region's page shows, too
 */
export function CurrentRegion({ offered }: { readonly offered: OfferKey | undefined }) {
  const [choosing, setChoosing] = useState(false);
  const region = useRegion();
  const others = useRegions().length > 1;
  if (region === undefined) return null;
  return (
    <>
      <span>
        Region <strong>{region}</strong>
      </span>
      {others && (
        <button type="button" class="link" onClick={() => setChoosing(true)}>
          Change region
        </button>
      )}
      {choosing && (
        <Dialog title="Change region" onClose={() => setChoosing(false)}>
          <p>Each region has its own volumes and offers.</p>
          <RegionLinks offered={offered} />
        </Dialog>
      )}
    </>
  );
}

function RegionLinks({ offered }: { readonly offered: OfferKey | undefined }) {
  const region = useRegion();
  return (
    <ul class="regions" aria-label="Regions">
      {useRegions().map(({ id, href }) => (
        <li key={id}>
          <a
            href={href}
            aria-current={id === region || undefined}
            // Not in the link itself, which a browser shows and copies.
            onClick={(event) => {
              if (offered === undefined) return;
              event.preventDefault();
              location.assign(linkTo(href, offered));
            }}
          >
            {id}
          </a>
        </li>
      ))}
    </ul>
  );
}
