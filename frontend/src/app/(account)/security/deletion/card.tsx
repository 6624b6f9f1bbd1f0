import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { DeleteAccountForm } from "./form";

export async function DeletionCard({ accessToken, email }: { accessToken: string; email: string }) {
  const { deletion: words, proof } = await getWords();
  const { data } = await getFactors(accessToken);
  return (
    <Part title={words.title} lead={words.lead}>
      <DeleteAccountForm hasPassword={data?.password ?? true} email={email} words={{ ...words, proof }} />
    </Part>
  );
}
