import type { ReactNode } from "react";
import { env } from "@/env";
import { archStones } from "./arch";
import { Mark } from "./mark";

const STONES = archStones({ x: 226, y: 236, inner: 201, outer: 226, stones: 13, keystone: 9 });
const KEYSTONE = 6;

interface DoorwayProps {
  title: string;
  /** One line under the title. */
  lead: ReactNode;
  /** What has just happened. Shown instead of the lead until a form in the doorway is refused. */
  notice?: string;
  closed?: boolean;
  children: ReactNode;
}

/** The frame of every form: a doorway of stones, or in the plain theme a card. */
export function Doorway(props: DoorwayProps) {
  return env().look.theme === "plain" ? <Card {...props} /> : <StoneDoorway {...props} />;
}

function Card({ children, ...head }: DoorwayProps) {
  return (
    <main className="group/doorway mx-auto w-full max-w-md">
      <div className="rounded-xl border border-line bg-paper px-5 py-7 sm:p-9 short:px-[min(1.25rem,7vw)] short:py-5">
        <Head {...head} />
        {children}
      </div>
    </main>
  );
}

/** A ring of stones, two jambs and a threshold. */
function StoneDoorway({ children, ...head }: DoorwayProps) {
  return (
    <main className="group/doorway @container relative mx-auto w-full max-w-[452px]">
      <svg viewBox="0 0 452 236" aria-hidden="true" className="absolute inset-x-0 top-0 w-full short:hidden">
        {STONES.map((stone, index) => (
          <path
            key={stone}
            d={stone}
            strokeWidth="2.5"
            className={`stroke-wall ${index === KEYSTONE ? (head.closed ? "fill-edge" : "fill-door") : "fill-line"}`}
          />
        ))}
      </svg>
      <div className="jambs absolute inset-x-0 top-[52.2cqw] bottom-3 short:hidden" aria-hidden="true" />
      <div className="relative mx-[5.75cqw] mt-[8cqw] rounded-t-[44.25cqw] border border-line bg-paper px-[7cqw] pt-[11cqw] pb-9 short:mx-0 short:mt-0 short:rounded-xl short:px-[min(1.25rem,7vw)] short:py-5">
        {/* In the round of the arch a title needs room above it, with or without the mark. */}
        {env().look.logo && <div className="h-8 short:hidden" />}
        <Head {...head} />
        {children}
      </div>
      <div className="threshold relative -mx-2 h-3.5 rounded-sm short:hidden" aria-hidden="true" />
    </main>
  );
}

function Head({ title, lead, notice, closed }: Omit<DoorwayProps, "children">) {
  return (
    <div className="mb-7 grid justify-items-center gap-1.5 text-center short:mb-3">
      <Mark className="mb-2 size-10 short:hidden" closed={closed} />
      <h1 className="text-[1.75rem] max-[15rem]:text-xl leading-tight font-semibold tracking-[-0.025em]">
        {title}
      </h1>
      <p className="text-[0.9375rem] leading-snug text-balance text-soft">
        {notice && <span className="group-has-[[role=alert]]/doorway:hidden">{notice}</span>}
        <span className={notice && "hidden group-has-[[role=alert]]/doorway:inline"}>{lead}</span>
      </p>
    </div>
  );
}
