import { postern } from "../../../postern";
import { pay } from "../actions/actions";

export const instant = false;

export default async function Payout() {
  await postern.requireUser();
  return (
    <main>
      <h1>Payout</h1>
      <form action={pay}>
        <button type="submit">Pay at the bank</button>
      </form>
      <form action={`${process.env.BASE}/api/recent`} method="post">
        <button type="submit">Pay here</button>
      </form>
    </main>
  );
}
