import { deviceIn } from "@/lib/device";
import { getTrustedDevices } from "@/session/devices";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { TrustedDevicesForm } from "./form";

/** Missing if there are none. */
export async function TrustedDevicesCard({ accessToken }: { accessToken: string }) {
  const { devices, trustedDevices: words } = await getWords();
  const { data } = await getTrustedDevices(accessToken);
  if (!data?.length) return null;
  const trusted = data.map(({ id, user_agent, expires_at, ip, current }) => ({
    id,
    device: deviceIn(user_agent, devices),
    until: expires_at,
    ip,
    current,
  }));
  return (
    <Part id="trusted-devices" title={words.title} lead={words.lead}>
      <TrustedDevicesForm trusted={trusted} words={{ ...words, thisDevice: devices.thisDevice }} />
    </Part>
  );
}
