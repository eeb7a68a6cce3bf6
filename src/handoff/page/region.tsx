import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SignInState } from "./api.ts";
import { Brand } from "./brand.tsx";
import { linkTo, type OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
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
      <Brand />
      <Heading>{t.region.choose}</Heading>
      <Problem message={signInError()} />
      {offered && <Message kind="note">{t.region.unknown}</Message>}
      <p>{t.region.intro}</p>
      <RegionLinks offered={offered} />
    </main>
  );
}

/**
 * The name of this page's region, and what leads to another one.
 *
 * @param props.onChange opens `ChangeRegion`
 */
export function CurrentRegion({ onChange }: { readonly onChange: () => void }) {
  const region = useRegion();
  const others = useRegions().length > 1;
  if (region === undefined) return null;
  return (
    <>
      <span>{t.account.region(<strong>{region}</strong>)}</span>
      {others && (
        <button type="button" class="link" onClick={onChange}>
          {t.account.changeRegion}
        </button>
      )}
    </>
  );
}

/**
 * The choice of another region. It must not be part of a menu that closes: it would be hidden with it.
 *
 * @param props.offered the offer that the other region's page shows, too
 */
export const ChangeRegion = (props: {
  readonly offered: OfferKey | undefined;
  readonly onClose: () => void;
}) => (
  <Dialog title={t.region.change} onClose={props.onClose}>
    <p>{t.region.intro}</p>
    <RegionLinks offered={props.offered} />
  </Dialog>
);

function RegionLinks({ offered }: { readonly offered: OfferKey | undefined }) {
  const region = useRegion();
  return (
    <ul class="regions" aria-label={t.region.label}>
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
            {id === region && <small>{t.region.current}</small>}
          </a>
        </li>
      ))}
    </ul>
  );
}
