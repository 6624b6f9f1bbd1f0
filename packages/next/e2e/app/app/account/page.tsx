import type { Metadata } from "next";
import { postern } from "../../postern";
import { Asker } from "./actions/asker";

export const instant = false;

export async function generateMetadata(): Promise<Metadata> {
  const { email } = await postern.requireUser();
  return { title: `Account of ${email}` };
}

export default async function Account() {
  const user = await postern.requireUser();
  return (
    <main>
      <h1>Account</h1>
      <pre id="user">{JSON.stringify(user)}</pre>
      <Asker />
    </main>
  );
}
