import { Below } from "@/components/ui/below";
import { TextLink } from "@/components/ui/text-link";

/** For a link of another account than the one signed in. */
export function SignedInAs({ email }: { email: string }) {
  return (
    <Below>
      You are signed in as <bdi className="wrap-anywhere text-ink">{email}</bdi>. If the mail is about another
      account, <TextLink href="/signout">sign out</TextLink> and open its link again.
    </Below>
  );
}
