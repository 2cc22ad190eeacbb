import type { ReactNode } from "react";
import { Label } from "react-aria-components/Label";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Switch as AriaSwitch } from "react-aria-components/Switch";

export interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: ReactNode])[];
  readonly onChange: (value: Value) => void;
  readonly hint?: string | undefined;
  /** One below the other, for options of more than a word. */
  readonly isColumn?: boolean;
}

/** One of a few, all in sight. */
export function Choice<Value extends string>({ label, value, options, onChange, hint, isColumn = false }: ChoiceProps<Value>) {
  const choose = (next: string): void => {
    const option = options.find(([one]) => one === next);
    if (option !== undefined) onChange(option[0]);
  };
  return (
    <RadioGroup className="choices" value={value} onChange={choose} orientation={isColumn ? "vertical" : "horizontal"}>
      <Label className="label">{label}</Label>
      <div className={`options ${isColumn ? "down" : ""}`}>
        {options.map(([one, text]) => (
          <Radio key={one} value={one} className="choice">
            {text}
          </Radio>
        ))}
      </div>
      {hint === undefined ? undefined : <p className="hint">{hint}</p>}
    </RadioGroup>
  );
}

export function Switch({
  label,
  hint,
  isOn,
  isDisabled = false,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly isDisabled?: boolean;
  readonly onChange: (isOn: boolean) => void;
}) {
  return (
    <AriaSwitch className="switch" isSelected={isOn} isDisabled={isDisabled} onChange={onChange}>
      <span className="grow">
        <span>{label}</span>
        {hint === undefined ? undefined : <span className="hint block">{hint}</span>}
      </span>
      <span className="track" aria-hidden />
    </AriaSwitch>
  );
}
