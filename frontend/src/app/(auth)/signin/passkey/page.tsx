import { redirect } from "next/navigation";
import { getWays } from "@/api/service";
import { Doorway } from "@/components/brand/doorway";
import { nextPath } from "@/lib/next-path";
import { getFactors } from "@/session/factors";
import { offerPath } from "@/session/offer";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../../titled";
import { OfferForm } from "./form";

export const generateMetadata = titled((words) => words.offer.title);

/** After a sign-in with a password on a device that can keep a passkey. A person who has one goes on at once. */
export default async function OfferPage({ searchParams }: PageProps<"/signin/passkey">) {
  const next = nextPath((await searchParams).next);
  const viewer = await requireUser(offerPath(next));
  if (viewer.status === "unavailable" || !(await getWays()).passkeys) redirect(next);
  const { data } = await getFactors(viewer.accessToken);
  if (!data || data.passkeys.length > 0) redirect(next);
  const { offer: words, proof } = await getWords();
  return (
    <Doorway title={words.title} lead={words.lead}>
      <OfferForm next={next} words={{ ...words, proof }} />
    </Doorway>
  );
}
