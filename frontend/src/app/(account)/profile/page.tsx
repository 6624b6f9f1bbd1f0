import type { ReactNode } from "react";
import { AccountUnavailable } from "@/components/account-unavailable";
import { LocalTime } from "@/components/local-time";
import { Phrase } from "@/components/phrase";
import { Panel } from "@/components/ui/panel";
import { TextLink } from "@/components/ui/text-link";
import { env } from "@/env";
import { initialsOf } from "@/lib/initials";
import { requireUser } from "@/session/viewer";
import { getWords } from "@/words/spoken";
import { titled } from "../../titled";
import { Unconfirmed } from "../unconfirmed/banner";
import { AddressCard } from "./address/card";
import { NameForm } from "./form";

export const generateMetadata = titled((words) => words.profile.title);

export default async function ProfilePage() {
  const viewer = await requireUser("/profile");
  if (viewer.status === "unavailable") return <AccountUnavailable refusal={viewer.refusal} path="/profile" />;

  const { profile } = viewer;
  const { profile: words, account } = await getWords();
  return (
    <>
      <Unconfirmed profile={profile} page="/profile" />
      <div className="flex items-end gap-5 max-[15rem]:flex-wrap">
        <Portrait initials={initialsOf(profile.name ?? "") || initialsOf(profile.email)} />
        <div>
          {/* A long name is cut off here; the field below shows all of it. */}
          <h1 className="line-clamp-3 text-3xl leading-tight font-semibold tracking-[-0.03em] text-balance wrap-anywhere sm:line-clamp-2">
            {profile.name ? (
              <Phrase parts={{ name: <bdi>{profile.name}</bdi> }}>{words.helloName}</Phrase>
            ) : (
              words.hello
            )}
          </h1>
          <p className="mt-1 text-soft">{words.lead}</p>
        </div>
      </div>

      <Panel className="mt-8">
        <NameForm name={profile.name ?? ""} words={words} />
      </Panel>

      <Panel className="mt-4">
        <dl className="grid gap-x-8 gap-y-5 sm:grid-cols-[9rem_1fr]">
          <Fact term={words.email}>
            <bdi className="me-1 wrap-anywhere">{profile.email}</bdi>{" "}
            <span className="inline-block rounded-full border border-line px-2 py-px text-xs text-soft">
              {profile.email_verified ? words.verified : words.notVerified}
            </span>
          </Fact>
          <Fact term={words.since}>
            <LocalTime iso={profile.created_at} as="minute" />
          </Fact>
          <Fact term={words.changed}>
            <LocalTime iso={profile.updated_at} as="minute" />
          </Fact>
          <Fact term={words.number}>
            <span className="tabular-nums">{profile.id}</span>
          </Fact>
        </dl>
      </Panel>

      <AddressCard accessToken={viewer.accessToken} email={profile.email} />

      <p className="mt-6 text-[0.9375rem] text-soft">
        <Phrase parts={{ security: <TextLink href="/security">{account.security}</TextLink> }}>
          {words.more}
        </Phrase>
      </p>
    </>
  );
}

const PORTRAITS = {
  arch: "h-20 w-16 rounded-t-full border-x-4 border-t-4 border-b-2 pt-2",
  plain: "size-16 rounded-full border-2",
} as const;

/** The person's initials in the shape of an arch, or in the plain theme in a circle. */
function Portrait({ initials }: { initials: string }) {
  return (
    <span
      aria-hidden="true"
      className={`flex shrink-0 items-center justify-center border-line bg-tint text-xl font-semibold tracking-tight text-door ${PORTRAITS[env().look.theme]}`}
    >
      {initials}
    </span>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 sm:col-span-2 sm:grid-cols-subgrid">
      <dt className="text-sm leading-6 text-soft">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
