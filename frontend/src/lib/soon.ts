/** Milliseconds. What takes less is waited for: a loading state would only flicker. */
const SOON = 300;

/** Whether this is done soon, with whatever outcome. */
export async function isSoon(what: Promise<unknown>, within = SOON): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), within);
  });
  const done = what.then(
    () => true,
    () => true,
  );
  const soon = await Promise.race([done, late]);
  clearTimeout(timer);
  return soon;
}
