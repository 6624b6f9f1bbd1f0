import type { Refusal } from "@/api/problems";
import { Mark } from "@/components/brand/mark";
import { Panel } from "@/components/ui/panel";
import { Unavailable } from "@/components/unavailable";
import { getWords } from "@/words/spoken";

/** Shown instead of an account's page while the API cannot say which account is signed in. */
export async function AccountUnavailable({ refusal, path }: { refusal: Refusal; path: string }) {
  const { unavailable } = await getWords();
  return (
    <Panel>
      <div className="mb-3 grid justify-items-center gap-2">
        <Mark className="size-10" closed />
        <h1 className="text-2xl font-semibold tracking-[-0.02em]">{unavailable.title}</h1>
      </div>
      <Unavailable refusal={refusal} path={path} />
    </Panel>
  );
}
