/** Follows docs/adopt/authjs.md as a browser would, and prints what happens. */
import { Auth } from "@auth/core";
import { config } from "./auth.config.js";

const HOST = "http://shop.test";
const options = { ...config, basePath: "/auth", secret: "of this test, and for nothing else", trustHost: true };
const cookies = new Map();
let granted;
const callbacks = {
  ...config.callbacks,
  async jwt(given) {
    granted = await config.callbacks.jwt(given);
    return granted;
  },
};

async function ask(path, form) {
  const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
  const body = form && new URLSearchParams(form);
  const request = new Request(`${HOST}/auth${path}`, { method: form ? "POST" : "GET", headers, body });
  const answer = await Auth(request, { ...options, callbacks });
  for (const cookie of answer.headers.getSetCookie()) {
    const [name, value] = cookie.split(";")[0].split("=");
    if (value) cookies.set(name, value);
    else cookies.delete(name);
  }
  return answer;
}

const csrfToken = (await (await ask("/csrf")).json()).csrfToken;
const [, , email, password] = process.argv;
await ask("/callback/credentials", { csrfToken, email, password: "wrong password" });
console.log("refused", (await (await ask("/session")).json()) === null);
await ask("/callback/credentials", { csrfToken, email, password });
console.log("signed in", (await (await ask("/session")).json()).user.email);

const first = granted.tokens;
const { now } = Date;
Date.now = () => now() + 15 * 60_000;
await ask("/session");
const second = granted.tokens;
console.log("rotated", second.refresh_token !== first.refresh_token);
Date.now = () => now() + 30 * 60_000;
await ask("/session");
console.log("rotated again", granted.tokens.refresh_token !== second.refresh_token);

const api = process.env.POSTERN_URL;
const headers = { Authorization: `Bearer ${granted.tokens.access_token}` };
console.log("profile", (await fetch(`${api}/auth/profile`, { headers })).status);
await ask("/signout", { csrfToken });
console.log("signed out", (await fetch(`${api}/auth/profile`, { headers })).status, await (await ask("/session")).json());
