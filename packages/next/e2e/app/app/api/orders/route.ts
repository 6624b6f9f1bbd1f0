import { postern } from "../../../postern";

export const GET = postern.route((_request, session) => Response.json(session));
export const POST = postern.route(async (request, { userId }) =>
  Response.json({ userId, body: await request.json() }),
);
