import { refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { Unavailable } from "@/components/unavailable";
import { deviceIn } from "@/lib/device";
import { lastUsed } from "@/lib/last-used";
import { getSessions } from "@/session/devices";
import { getSpoken } from "@/words/spoken";
import type { Spoken } from "@/words/words";
import { Part } from "../../part";
import { HERE } from "../path";
import { type SessionItem, SessionsForm } from "./form";

export async function SessionsCard({ accessToken }: { accessToken: string }) {
  const spoken = await getSpoken();
  const { devices, proof } = spoken.words;
  const { data, error } = await getSessions(accessToken);
  return (
    <Part title={devices.title} lead={devices.lead}>
      {data ? (
        <SessionsForm sessions={itemsOf(data, spoken)} words={{ ...devices, proof }} />
      ) : (
        <Unavailable refusal={refusal(error)} path={HERE} />
      )}
    </Part>
  );
}

type SessionEntry = components["schemas"]["SessionEntry"];

/** This device comes first. The API sorts the others by their last use. */
function itemsOf(entries: readonly SessionEntry[], { words: { devices }, language }: Spoken): SessionItem[] {
  const now = new Date();
  return entries
    .toSorted((a, b) => Number(b.current) - Number(a.current))
    .map(({ id, current, ip, user_agent, last_used_at, created_at }) => ({
      id,
      current,
      ip,
      device: deviceIn(user_agent, devices),
      lastUsed: current
        ? devices.activeNow
        : lastUsed(new Date(last_used_at), { now, language, words: devices }),
      lastUsedAt: last_used_at,
      began: created_at,
    }));
}
