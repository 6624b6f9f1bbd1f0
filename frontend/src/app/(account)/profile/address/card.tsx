import { getMail } from "@/api/service";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { AddressForm } from "./form";

/** Missing if the service sends no mail: nothing could confirm the new address. */
export async function AddressCard({ email }: { email: string }) {
  if (!(await getMail()).isSent) return null;
  const { address: words } = await getWords();
  return (
    <Part title={words.title} lead={words.lead}>
      <AddressForm email={email} words={words} />
    </Part>
  );
}
