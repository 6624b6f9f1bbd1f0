import { getMail } from "@/api/service";
import { Part } from "../../part";
import { AddressForm } from "./form";

/** Missing if the service sends no mail: nothing could confirm the new address. */
export async function AddressCard({ email }: { email: string }) {
  if (!(await getMail()).isSent) return null;
  return (
    <Part
      title="Change your address"
      lead="We send a link to the new address. Your present one gets a mail that can take the change back for 7 days."
    >
      <AddressForm email={email} />
    </Part>
  );
}
