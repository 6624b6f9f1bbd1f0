import { refusal } from "@/api/problems";
import { getWays } from "@/api/service";
import { Unavailable } from "@/components/unavailable";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { HERE } from "../path";
import { PasskeysForm } from "./form";

/** Missing if the service cannot have passkeys, and there are none. */
export async function PasskeysCard({ accessToken }: { accessToken: string }) {
  const { passkeys: words, proof } = await getWords();
  const [{ data, error }, ways] = await Promise.all([getFactors(accessToken), getWays()]);
  if (!ways.passkeys && !data?.passkeys.length) return null;
  return (
    <Part id="passkeys" title={words.title} lead={words.lead}>
      {data ? (
        <PasskeysForm
          passkeys={data.passkeys}
          isLone={!data.password && data.passkeys.length === 1}
          mayAdd={ways.passkeys}
          words={{ ...words, proof }}
        />
      ) : (
        <Unavailable refusal={refusal(error)} path={HERE} />
      )}
    </Part>
  );
}
