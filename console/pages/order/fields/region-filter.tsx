import { ChoiceFilter, TextFilter } from '../../../parts/forms/filters';
import { useRegions } from '../places';

/** A filter for one of the regions; a text while the regions are not known, or may not be read. */
export function RegionFilter({ value, onChange }: RegionFilterProps) {
  const regions = useRegions() ?? [];
  if (regions.length === 0) return <TextFilter label="Region" value={value} onChange={onChange} />;
  const names = regions.map(({ region }) => region);
  // A region that is gone may still have operations.
  const choices = value === undefined || names.includes(value) ? names : [...names, value];
  return (
    <ChoiceFilter label="Region" value={value} choices={choices} wordsOf={(region) => region} onChange={onChange} />
  );
}

interface RegionFilterProps {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}
