import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import { env } from "@/env";
import { getFactors } from "@/session/factors";
import { getWords } from "@/words/spoken";
import { StopResetForm } from "./form";

/** Above the cards while an operator's reset of the second factors is pending. The form stays to say that it is stopped. */
export async function PendingReset({ accessToken }: { accessToken: string }) {
  const { data } = await getFactors(accessToken);
  const { factorReset: words } = await getWords();
  const due = data?.reset_due_at;
  return (
    <StopResetForm words={words}>
      {due && (
        <p className="leading-relaxed">
          <Phrase parts={{ time: <LocalTime iso={due} as="minute" />, app: env().appName }}>
            {words.text}
          </Phrase>
        </p>
      )}
    </StopResetForm>
  );
}
