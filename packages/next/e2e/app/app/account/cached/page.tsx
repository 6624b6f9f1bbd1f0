import { Suspense } from "react";
import { postern } from "../../../postern";

async function orders(userId: number): Promise<string> {
  "use cache";
  return `orders of person ${userId}`;
}

async function Orders() {
  const { userId } = await postern.requireUser();
  return <p id="orders">{await orders(userId)}</p>;
}

export default function Cached() {
  return (
    <Suspense fallback={<p>Later…</p>}>
      <Orders />
    </Suspense>
  );
}
