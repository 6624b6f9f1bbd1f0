import { Part } from "../../part";
import { DeleteAccountForm } from "./form";

export function DeletionCard({ email }: { email: string }) {
  return (
    <Part
      title="Delete account"
      lead="This deletes your account and everything that belongs to it, at once. Nobody can restore it."
    >
      <DeleteAccountForm email={email} />
    </Part>
  );
}
