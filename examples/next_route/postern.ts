import { createPostern } from "postern-auth";

export const postern = createPostern();
