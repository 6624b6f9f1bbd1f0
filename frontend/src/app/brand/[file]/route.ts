import { env } from "@/env";
import { LOGOS } from "@/look/logo";

/** The files of LOGO and LOGO_DARK. src/proxy.ts sets a policy with which an SVG can neither run scripts nor load anything. */
export async function GET(_request: Request, { params }: RouteContext<"/brand/[file]">): Promise<Response> {
  const path = LOGOS + (await params).file;
  const { logo, logoDark } = env().look;
  const asked = [logo, logoDark].find((one) => one?.path === path);
  if (!asked) return new Response("There is no such file.", { status: 404 });
  return new Response(new Uint8Array(asked.bytes), {
    headers: { "content-type": asked.type, "cache-control": "public, max-age=31536000, immutable" },
  });
}
