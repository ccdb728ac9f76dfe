interface ChoicesProps {
  readonly legend: string;
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  /** What a value is called, where its name alone does not tell. */
  readonly about?: Readonly<Record<string, string>>;
  /** How many there are of each value. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** Any number of a few. */
export function Choices({ legend, all, chosen, onChange, about = {}, counts }: ChoicesProps) {
  if (all.length === 0) return null;
  return (
    <fieldset className="facet">
      <legend>{legend}</legend>
      {all.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked ? [...chosen, value] : chosen.filter((each) => each !== value),
              )
            }
          />
          <span title={value}>{about[value] ?? value}</span>
          {counts && <span className="count">{counts[value] ?? 0}</span>}
        </label>
      ))}
    </fieldset>
  );
}
