import { refusal } from "@/api/problems";
import type { components } from "@/api/schema";
import { Unavailable } from "@/components/unavailable";
import { deviceIn } from "@/lib/device";
import { lastUsed } from "@/lib/last-used";
import { bearersApi } from "@/session/transport";
import { Part } from "../../part";
import { HERE } from "../path";
import { type SessionItem, SessionsForm } from "./form";

export async function SessionsCard({ accessToken }: { accessToken: string }) {
  const { data, error } = await (await bearersApi(accessToken)).GET("/auth/sessions");
  return (
    <Part title="Your devices" lead="Sign out devices that you no longer use or do not know.">
      {data ? (
        <SessionsForm sessions={itemsOf(data)} />
      ) : (
        <Unavailable refusal={refusal(error)} path={HERE} />
      )}
    </Part>
  );
}

type SessionEntry = components["schemas"]["SessionEntry"];

/** This device comes first. The API sorts the others by their last use. */
function itemsOf(entries: readonly SessionEntry[]): SessionItem[] {
  const now = new Date();
  return entries
    .toSorted((a, b) => Number(b.current) - Number(a.current))
    .map(({ id, current, ip, user_agent, last_used_at, created_at }) => ({
      id,
      current,
      ip,
      device: deviceIn(user_agent),
      lastUsed: current ? "Active now" : lastUsed(new Date(last_used_at), now),
      lastUsedAt: last_used_at,
      began: created_at,
    }));
}
