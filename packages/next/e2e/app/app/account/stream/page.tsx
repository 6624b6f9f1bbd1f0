import { Suspense } from "react";
import { postern } from "../../../postern";

async function Profile() {
  const answer = await postern.fetch(`${process.env.POSTERN_URL}/auth/profile`);
  const { email } = await answer.json();
  return <p id="streamed">{email}</p>;
}

export default function Stream() {
  return (
    <main>
      <h1>At once</h1>
      <Suspense fallback={<p>Later…</p>}>
        <Profile />
      </Suspense>
    </main>
  );
}
