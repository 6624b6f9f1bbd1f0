import { postern } from "../../../postern";

export const GET = postern.route((_request, { userId }) => Response.json({ user_id: userId, orders: [] }));
