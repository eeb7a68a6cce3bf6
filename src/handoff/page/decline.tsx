import { decline } from "./api.ts";
import { Form, textOf } from "./form.tsx";
import { useAction } from "./hooks.ts";
import type { OfferKey } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Dialog, Name } from "./parts.tsx";

/** Asks why the reader declines an offer, and declines it. */
export function DeclineDialog(props: {
  readonly offer: OfferKey;
  readonly volume: { readonly id: string; readonly name: string | null };
  readonly onClose: () => void;
  readonly onDeclined: () => void;
}) {
  const { offer, volume, onClose } = props;
  const refuse = useAction(async (fields: FormData) => {
    await decline(offer.id, offer.auth_key, textOf(fields, "reason"));
    props.onDeclined();
  });
  return (
    <Dialog title={t.decline.title} onClose={onClose}>
      <p>
        {t.decline.intro(
          <strong>
            <Name name={volume.name} id={volume.id} />
          </strong>,
        )}
      </p>
      <Form action={refuse} submit={t.decline.submit}>
        <label>
          {t.optional(t.decline.why)}
          <input name="reason" maxLength={255} autocomplete="off" dir="auto" aria-describedby="reason-help" />
        </label>
        <small id="reason-help">{t.decline.whyHelp}</small>
      </Form>
    </Dialog>
  );
}
