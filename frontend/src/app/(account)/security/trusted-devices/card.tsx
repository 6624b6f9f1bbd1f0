import { deviceIn } from "@/lib/device";
import { deviceHeader } from "@/session/jar";
import { bearersApi } from "@/session/transport";
import { getWords } from "@/words/spoken";
import { Part } from "../../part";
import { TrustedDevicesForm } from "./form";

/** Missing if there are none. */
export async function TrustedDevicesCard({ accessToken }: { accessToken: string }) {
  const { devices, trustedDevices: words } = await getWords();
  const header = await deviceHeader();
  const { data } = await (await bearersApi(accessToken)).GET("/auth/devices", { params: { header } });
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
