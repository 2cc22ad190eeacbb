// The call test, wired.
import { CallTest } from "../call/call-test.ts";
import { CallTestPage } from "./call/CallTestPage.tsx";
import type { PlaceProps } from "./places.tsx";
import { useOwnModel, useSnapshot } from "./surroundings.ts";

export function CallTestPlace({ workspace, platform }: PlaceProps) {
  const { client } = workspace;
  const test = useOwnModel(() => new CallTest({ client, platform }), client);
  return test === undefined ? undefined : <Held test={test} />;
}

function Held({ test }: { readonly test: CallTest }) {
  return (
    <CallTestPage
      test={useSnapshot(test)}
      actions={{
        setMicrophone: (isOn) => test.setMicrophone(isOn),
        setCamera: (isOn) => test.setCamera(isOn),
        choose: (choice) => void test.choose(choice),
        echo: () => test.echo(),
        tone: () => test.tone(),
        look: () => test.look(),
      }}
    />
  );
}
