import { getWords } from "@/words/spoken";

/** Stands where something will be. It moves only for people who have nothing against that. */
export function Block({ className }: { className: string }) {
  return <div className={`rounded-lg bg-line motion-safe:animate-pulse ${className}`} />;
}

/** Says that the page loads, to those who do not see the blocks, too. */
export async function LoadingText({ className = "" }: { className?: string }) {
  const { loading } = await getWords();
  return (
    <p role="status" className={className}>
      {loading.text}
    </p>
  );
}

/** The place of a form, as high as the form will be. */
export function FormBlocks({ fields }: { fields: number }) {
  return (
    <div aria-hidden="true" className="flex flex-col gap-3">
      {Array.from({ length: fields }, (_, field) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={field} className="grid gap-1.5">
          <Block className="my-1 h-4 w-24" />
          <Block className="h-11" />
          <div className="h-5" />
        </div>
      ))}
      <Block className="h-11" />
    </div>
  );
}
