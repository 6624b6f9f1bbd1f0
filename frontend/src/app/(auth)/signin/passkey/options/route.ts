import { optionsToSignIn } from "@/session/passkeys";

/** What a browser needs to ask for a passkey. Scripts of the sign-in form fetch it. */
export async function POST(): Promise<Response> {
  return Response.json(await optionsToSignIn(), { headers: { "Cache-Control": "no-store" } });
}
