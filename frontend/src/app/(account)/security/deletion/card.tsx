import { Part } from "../part";
import { DeleteAccountForm } from "./form";

export function DeletionCard() {
  return (
    <Part
      title="Delete account"
      lead="Your account and all that belongs to it goes at once and for good. Nobody can bring it back."
    >
      <DeleteAccountForm />
    </Part>
  );
}
