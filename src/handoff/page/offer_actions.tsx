import { useState } from "preact/hooks";
import { type NewTransfer, type OpenTransfer, rekey, withdraw } from "./api.ts";
import { Form } from "./form.tsx";
import { useAction } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { titleOf } from "./offer_parts.tsx";
import { Dialog } from "./parts.tsx";
import { isMissing } from "./request.ts";
import { ShareLink } from "./share.tsx";

type Offer = Pick<OpenTransfer, "id" | "name"> & { readonly volume: { readonly name: string | null } };

/** The buttons of an open offer that the project has made. */
export function OfferActions(props: {
  readonly transfer: Offer;
  readonly onWithdrawn: () => void;
  /** Shows a new link; without it a dialog does. */
  readonly onRenewed?: (transfer: NewTransfer) => void;
}) {
  const { transfer } = props;
  const [open, setOpen] = useState<"renew" | "withdraw">();
  const title = titleOf(transfer);
  const onClose = () => setOpen(undefined);
  return (
    <>
      <button
        type="button"
        class="outline"
        aria-label={t.offers.newLinkFor(title)}
        onClick={() => setOpen("renew")}
      >
        {t.offers.newLink}
      </button>
      <button
        type="button"
        class="outline"
        aria-label={t.offers.withdrawOffer(title)}
        onClick={() => setOpen("withdraw")}
      >
        {t.offers.withdraw}
      </button>
      {open === "renew" && (
        <NewLinkDialog
          transfer={transfer}
          onClose={onClose}
          onRenewed={
            props.onRenewed &&
            ((renewed) => {
              onClose();
              props.onRenewed?.(renewed);
            })
          }
        />
      )}
      {open === "withdraw" && (
        <WithdrawDialog
          transfer={transfer}
          onClose={onClose}
          onWithdrawn={() => {
            onClose();
            props.onWithdrawn();
          }}
        />
      )}
    </>
  );
}

/**
 * Asks whether an offer gets a new link, and makes it.
 *
 * @param props.onRenewed shows the link; without it the dialog does
 */
function NewLinkDialog(props: {
  readonly transfer: Offer;
  readonly onClose: () => void;
  readonly onRenewed: ((transfer: NewTransfer) => void) | undefined;
}) {
  const { transfer, onClose, onRenewed } = props;
  const [renewed, setRenewed] = useState<NewTransfer>();
  const renew = useAction(async () => (onRenewed ?? setRenewed)(await ofOpenOffer(rekey(transfer.id))));
  if (renewed !== undefined) {
    return (
      <Dialog key="renewed" title={t.newLink.made} asks onClose={onClose}>
        <ShareLink transfer={renewed} />
      </Dialog>
    );
  }
  return (
    <Dialog key="question" title={t.newLink.title} onClose={onClose}>
      <Form action={renew} submit={t.newLink.submit} careful>
        <p>{t.newLink.warning(<OfferTitle transfer={transfer} />)}</p>
      </Form>
    </Dialog>
  );
}

function WithdrawDialog(props: {
  readonly transfer: Offer;
  readonly onClose: () => void;
  readonly onWithdrawn: () => void;
}) {
  const { transfer, onClose } = props;
  const take = useAction(async () => {
    await ofOpenOffer(withdraw(transfer.id));
    props.onWithdrawn();
  });
  return (
    <Dialog title={t.withdraw.title} onClose={onClose}>
      <Form action={take} submit={t.withdraw.submit} careful>
        <p>{t.withdraw.warning(<OfferTitle transfer={transfer} />)}</p>
      </Form>
    </Dialog>
  );
}

/** Waits for a change of an own offer, of which the sender of a link needs to hear nothing. */
const ofOpenOffer = <Result,>(change: Promise<Result>): Promise<Result> =>
  change.catch((error: unknown) => {
    throw isMissing(error) ? new Error(t.offer.over) : error;
  });

const OfferTitle = ({ transfer }: { readonly transfer: Offer }) => (
  <strong>
    <bdi>{titleOf(transfer)}</bdi>
  </strong>
);
