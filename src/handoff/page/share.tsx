import { useState } from "preact/hooks";
import type { NewTransfer } from "./api.ts";
import { Copyable } from "./copyable.tsx";
import { useQuestion } from "./leave.ts";
import { LeaveDialog } from "./leave_dialog.tsx";
import { offerLink } from "./link.ts";
import { t } from "./messages/messages.ts";
import { Message } from "./parts.tsx";
import { QrCode } from "./qr_code.tsx";
import { useRegion } from "./region.tsx";

/**
 * The link of an offer, which is shown once: to copy or to share, as a QR code, and as a command. Asks once before the
 * reader leaves it without any of them.
 */
export function ShareLink({ transfer }: { readonly transfer: NewTransfer }) {
  const region = useRegion();
  const link = offerLink(transfer);
  // Whether the reader has the link.
  const [taken, setTaken] = useState(false);
  const [drawn, setDrawn] = useState(false);
  const leaving = useQuestion(taken ? undefined : "links");
  const take = () => setTaken(true);
  const command = `openstack ${region === undefined ? "" : `--os-region-name ${region} `}volume transfer request accept --auth-key ${transfer.auth_key} ${transfer.id}`;
  return (
    <>
      <Message kind="warning">{t.share.once}</Message>
      <Copyable label={t.share.link} text={link} primary onCopied={take} />
      <div class="buttons">
        {!drawn && (
          <button
            type="button"
            class="outline"
            onClick={() => {
              take();
              setDrawn(true);
            }}
          >
            {t.share.showQrCode}
          </button>
        )}
      </div>
      {drawn && <QrCode text={link} label={t.share.qrCode} />}
      <details>
        <summary>{t.share.commandLine}</summary>
        <Copyable label={t.share.id} text={transfer.id} />
        <Copyable label={t.share.key} text={transfer.auth_key} onCopied={take} />
        <Copyable label={t.share.command} text={command} onCopied={take} />
      </details>
      <LeaveDialog question={leaving} title={t.share.leaveTitle} warning={<p>{t.share.leaveWarning}</p>} />
    </>
  );
}
