import { getMail } from "@/api/service";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { AddressForm } from "./form";

/** Missing if the service sends no mail: nothing could confirm the new address. */
export async function AddressCard({ accessToken, email }: { accessToken: string; email: string }) {
  if (!(await getMail()).isSent) return null;
  const { address: words, proof } = await getWords();
  const { data } = await getFactors(accessToken);
  return (
    <Part title={words.title} lead={words.lead}>
      <AddressForm hasPassword={data?.password ?? true} email={email} words={{ ...words, proof }} />
    </Part>
  );
}
