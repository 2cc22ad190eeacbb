import type { CallTestSnapshot } from "../../call/call-test.ts";
import type { DeviceChoice } from "../../call/own-media.ts";
import { Button } from "../kit/Button.tsx";
import { Problem } from "../kit/Field.tsx";
import { Page } from "../kit/Page.tsx";
import { useAct, useWords } from "../surroundings.ts";
import { CallPicture } from "./CallPicture.tsx";
import { DeviceChoices } from "./Devices.tsx";
import { NodeFindings } from "./NodeFindings.tsx";

export interface CallTestPageProps {
  readonly test: CallTestSnapshot;
  readonly actions: {
    readonly setMicrophone: (isOn: boolean) => Promise<void>;
    readonly setCamera: (isOn: boolean) => Promise<void>;
    readonly choose: (choice: Partial<DeviceChoice>) => void;
    readonly echo: () => Promise<void>;
    readonly tone: () => Promise<void>;
    readonly look: () => Promise<void>;
  };
}

/** Whether a call would work: what hears, what sees, what sounds, and the way to others. */
export function CallTestPage({ test, actions }: CallTestPageProps) {
  const { t } = useWords();
  const { trouble, camera } = test;
  const tone = useAct(actions.tone);
  const look = useAct(actions.look);
  return (
    <Page title={t("calltest.title")} back="#/settings">
      <p className="hint">{t("calltest.line")}</p>
      <MicrophonePart test={test} actions={actions} />
      <section className="stack tight">
        <h2>{t("call.camera")}</h2>
        {camera === undefined ? undefined : <CallPicture stream={camera} label={t("calltest.cameraPicture")} look="own" />}
        <div className="buttons">
          <Button onPress={() => void actions.setCamera(camera === undefined)}>
            {t(camera === undefined ? "call.cameraOn" : "call.cameraOff")}
          </Button>
        </div>
        <Problem text={trouble.camera === undefined ? undefined : t(`calltest.camera.${trouble.camera}`)} />
      </section>
      {test.isMicrophoneOn || camera !== undefined ? (
        <section className="stack tight">
          <h2>{t("calltest.choose")}</h2>
          <DeviceChoices choice={test.choice} onChoose={actions.choose} />
        </section>
      ) : undefined}
      <section className="stack tight">
        <h2>{t("calltest.speaker")}</h2>
        <div className="buttons">
          <Button isPending={tone.isRunning} onPress={() => tone.run()}>
            {t("calltest.tone")}
          </Button>
        </div>
        <p className="hint">{t("calltest.toneLine")}</p>
        <Problem text={tone.error} />
      </section>
      <section className="stack tight">
        <h2>{t("calltest.connection")}</h2>
        <p className="hint">{t("calltest.connectionLine")}</p>
        <div className="buttons">
          <Button look="main" isPending={look.isRunning} onPress={() => look.run()}>
            {t("calltest.look")}
          </Button>
        </div>
        <NodeFindings findings={test.findings} isLooking={test.isLooking} />
        <Problem text={look.error} />
      </section>
    </Page>
  );
}

function MicrophonePart({ test, actions }: CallTestPageProps) {
  const { t } = useWords();
  const { isMicrophoneOn, level, echo, trouble } = test;
  const act = useAct(actions.echo);
  return (
    <section className="stack tight">
      <h2>{t("call.microphone")}</h2>
      {isMicrophoneOn ? (
        <meter className="call-level" min={0} max={1} value={level} aria-label={t("calltest.level")} />
      ) : undefined}
      <div className="buttons">
        <Button onPress={() => void actions.setMicrophone(!isMicrophoneOn)}>
          {t(isMicrophoneOn ? "calltest.microphoneOff" : "calltest.microphoneOn")}
        </Button>
        {isMicrophoneOn ? (
          <Button isPending={act.isRunning} onPress={() => act.run()}>
            {t(`calltest.echo.${echo}`)}
          </Button>
        ) : undefined}
      </div>
      <p className="hint">{t(isMicrophoneOn ? "calltest.levelLine" : "calltest.microphoneLine")}</p>
      <Problem text={trouble.microphone === undefined ? act.error : t(`calltest.microphone.${trouble.microphone}`)} />
    </section>
  );
}
