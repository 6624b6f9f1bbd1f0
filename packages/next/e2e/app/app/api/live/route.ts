import { postern } from "../../../postern";

export const GET = postern.route((_request, { userId }) => Response.json({ userId }), { live: true });
