import { refusal } from "@/api/problems";
import { Unavailable } from "@/components/unavailable";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { HERE } from "../path";
import { AuthenticatorForm } from "./form";

export async function AuthenticatorCard({ accessToken }: { accessToken: string }) {
  const { authenticator: words, proof } = await getWords();
  const { data, error } = await getFactors(accessToken);
  return (
    <Part id="authenticator" title={words.title} lead={data?.totp ? words.leadOn : words.leadOff}>
      {data ? (
        <AuthenticatorForm isOn={data.totp} words={{ ...words, proof }} />
      ) : (
        <Unavailable refusal={refusal(error)} path={HERE} />
      )}
    </Part>
  );
}
