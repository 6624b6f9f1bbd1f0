"use client";

import { useState } from "react";
import { whoAmI } from "./actions";

export function Asker() {
  const [answer, setAnswer] = useState("");
  return (
    <p>
      <button type="button" onClick={async () => setAnswer(await whoAmI())}>
        Who am I?
      </button>
      <output>{answer}</output>
    </p>
  );
}
