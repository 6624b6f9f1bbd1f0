/** Where the person is signed in, and the devices that they trust. Once per request. */

import "server-only";

import { cache } from "react";
import { deviceHeader } from "./jar";
import { bearersApi } from "./transport";

export const getSessions = cache(async (accessToken: string) =>
  (await bearersApi(accessToken)).GET("/auth/sessions"),
);

export const getTrustedDevices = cache(async (accessToken: string) => {
  const header = await deviceHeader();
  return (await bearersApi(accessToken)).GET("/auth/devices", { params: { header } });
});
