import { Form, textOf } from "./form.tsx";
import { useAction } from "./hooks.ts";
import { Incoming } from "./incoming.tsx";
import { linkTo, type OfferKey, parseLink, regionOfLink } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Heading } from "./parts.tsx";
import { useRegion, useRegions } from "./region.tsx";

/** The offers for the project, and a field for a link, or an id and a key. */
export function Receive(props: {
  readonly project: { readonly id: string };
  readonly onOffer: (offer: OfferKey) => void;
}) {
  const [region, regions] = [useRegion(), useRegions()];
  const open = useAction(async (fields: FormData) => {
    const link = textOf(fields, "link");
    const offer = parseLink(link) ?? parseLink(`${textOf(fields, "id")}.${textOf(fields, "key")}`);
    if (offer === undefined) throw new Error(t.receive.noLink);
    const target = regionOfLink(link, regions);
    // The offer is in another region, and so is the page that shows it.
    if (target !== undefined && target.id !== region) location.assign(linkTo(target.href, offer));
    else props.onOffer(offer);
  });
  return (
    <div class="receive">
      <Heading>{t.receive.title}</Heading>
      <h2>{t.receive.inbox}</h2>
      <Incoming project={props.project} />
      <h2>{t.receive.byLink}</h2>
      <div class="narrow">
        <p>{t.receive.byLinkIntro}</p>
        <Form action={open} submit={t.receive.submit}>
          <label>
            {t.share.link}
            <input name="link" autocomplete="off" spellcheck={false} />
          </label>
          <p class="or">{region === undefined ? t.receive.or : t.receive.orInRegion(region)}</p>
          <div class="grid">
            <label>
              {t.share.id}
              <input name="id" autocomplete="off" spellcheck={false} />
            </label>
            <label>
              {t.share.key}
              <input name="key" autocomplete="off" spellcheck={false} />
            </label>
          </div>
        </Form>
      </div>
    </div>
  );
}
