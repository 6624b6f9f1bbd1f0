import { postern } from "../../../postern";

export const POST = postern.route((_request, { userId }) => Response.json({ paid: userId }), { recent: 10 });
