import { useState } from "preact/hooks";
import { type NewTransfer, offer, type Volume } from "./api.ts";
import { OfferDialog, type OfferOf } from "./offer_dialog.tsx";
import { Offered } from "./offered.tsx";
import "./styles/volumes.css";
import { useVolumesAddress } from "./volumes_address.ts";
import { VolumeView } from "./volumes_detail.tsx";
import { VolumeList } from "./volumes_list.tsx";
import { OfferedVolumes } from "./volumes_offered.tsx";
import { useSelection } from "./volumes_selection.tsx";

/** The project's volumes, of which the reader looks at one, or offers one or several. */
export function Volumes({ project }: { readonly project: string }) {
  const location = useVolumesAddress();
  const selection = useSelection();
  const { volume } = location.address;
  // The volumes that the reader is about to offer, and those that were just offered.
  const [offering, setOffering] = useState<readonly Volume[]>([]);
  const [one, setOne] = useState<{ volume: Volume; transfer: NewTransfer }>();
  const [several, setSeveral] = useState<{ volumes: readonly Volume[]; offerOf: OfferOf }>();
  if (one !== undefined) return <Offered {...one} onDone={() => setOne(undefined)} />;
  if (several !== undefined) return <OfferedVolumes {...several} onDone={() => setSeveral(undefined)} />;
  const onOffer = async (offerOf: OfferOf, idempotencyKey: string) => {
    const [first, ...others] = offering;
    if (first === undefined) return;
    if (others.length > 0) {
      setSeveral({ volumes: offering, offerOf });
      selection.clear();
    } else {
      setOne({ volume: first, transfer: await offer(offerOf(first), idempotencyKey) });
    }
    setOffering([]);
  };
  return (
    <>
      {volume === undefined ? (
        <VolumeList location={location} selection={selection} onOffer={setOffering} />
      ) : (
        <VolumeView
          key={volume}
          id={volume}
          project={project}
          location={location}
          onOffer={(shown) => setOffering([shown])}
        />
      )}
      {offering.length > 0 && (
        <OfferDialog volumes={offering} onClose={() => setOffering([])} onOffer={onOffer} />
      )}
    </>
  );
}
