"use client";

import { useActionState } from "react";
import { whoAmI } from "./actions";

export function Asker() {
  const [answer, ask] = useActionState(whoAmI, "");
  return (
    <form action={ask}>
      <button type="submit">Who am I?</button>
      <output>{answer}</output>
    </form>
  );
}
