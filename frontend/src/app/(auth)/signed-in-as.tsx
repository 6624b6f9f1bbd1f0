import { Phrase } from "@/components/phrase";
import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";
import { getWords } from "@/words/spoken";

/** For a link of another account than the one signed in. */
export async function SignedInAs({ email }: { email: string }) {
  const { signedInAs } = await getWords();
  return (
    <Below>
      <Phrase
        parts={{
          address: <bdi className="wrap-anywhere text-ink">{email}</bdi>,
          signout: <TextLink href="/signout">{signedInAs.signOut}</TextLink>,
        }}
      >
        {signedInAs.text}
      </Phrase>
    </Below>
  );
}
