/** Whether Next can parse the body of a form: with scripts its code sends it, without them the browser does. */
export async function isReadable(request: Request): Promise<boolean> {
  try {
    if (request.headers.get("content-type")?.startsWith("multipart/form-data")) await request.formData();
    else if (request.headers.has("next-action")) await request.json();
    return true;
  } catch {
    return false;
  }
}
