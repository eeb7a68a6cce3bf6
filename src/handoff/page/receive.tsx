import { useState } from "preact/hooks";
import { Incoming } from "./incoming.tsx";
import { linkTo, type OfferKey, parseLink, regionOfLink } from "./link.ts";
import { Heading, Problem } from "./parts.tsx";
import { useRegion, useRegions } from "./region.tsx";

/** Takes a link, or an id and a key, from a reader who did not open the link. */
export function Receive({ onOffer }: { readonly onOffer: (offer: OfferKey) => void }) {
  const [error, setError] = useState<string>();
  const [region, regions] = [useRegion(), useRegions()];
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const offer = parseLink(text("link")) ?? parseLink(`${text("id")}.${text("key")}`);
    const target = regionOfLink(text("link"), regions);
    if (offer === undefined)
      setError("This is not the link of an offer. Paste the whole link, or its ID and key.");
    // The offer is in another region, and so is the page that shows it.
    else if (target !== undefined && target.id !== region) location.assign(linkTo(target.href, offer));
    else onOffer(offer);
  };
  return (
    <div class="receive">
      <Heading>Receive a volume</Heading>
      <h2>Offers for your project</h2>
      <Incoming onOffer={onOffer} />
      <h2>A link that you were sent</h2>
      <p>Paste the link that you were sent, or the ID and the key. You see the offer before you accept it.</p>
      <form class="narrow" onSubmit={onSubmit}>
        <Problem message={error} />
        <label>
          Link
          <input name="link" autocomplete="off" spellcheck={false} />
        </label>
        <p class="or">{region === undefined ? "or" : `or, for an offer in region ${region}`}</p>
        <div class="grid">
          <label>
            ID
            <input name="id" autocomplete="off" spellcheck={false} />
          </label>
          <label>
            Key
            <input name="key" autocomplete="off" spellcheck={false} />
          </label>
        </div>
        <button type="submit">Continue</button>
      </form>
    </div>
  );
}
