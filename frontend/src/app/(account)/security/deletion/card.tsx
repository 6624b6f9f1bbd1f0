import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { DeleteAccountForm } from "./form";

export async function DeletionCard({ email }: { email: string }) {
  const { deletion: words } = await getWords();
  return (
    <Part title={words.title} lead={words.lead}>
      <DeleteAccountForm email={email} words={words} />
    </Part>
  );
}
