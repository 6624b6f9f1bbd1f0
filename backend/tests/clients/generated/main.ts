import createClient from "openapi-fetch";
import type { paths } from "./schema.d.ts";

const baseUrl = process.argv[2] ?? "";
const client = createClient<paths>({ baseUrl });
const body = { email: "ada@example.com", password: "testpass123" };

const made = await client.POST("/auth/signup", { body });
if (!made.data || !("id" in made.data)) throw new Error(JSON.stringify(made.error));
console.log(made.data.id, made.data.email);

const tokens = await client.POST("/auth/signin", { body });
if (!tokens.data) throw new Error(tokens.error.code);

const headers = { Authorization: `Bearer ${tokens.data.access_token}` };
const profile = await client.GET("/auth/profile", { headers });
console.log(profile.data?.email);

const refused = await client.POST("/auth/signin", { body: { ...body, password: "wrong password" } });
console.log(refused.error?.code);
