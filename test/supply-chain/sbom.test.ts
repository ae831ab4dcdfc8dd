import { licences } from '../../scripts/licences-table';
import { billOfMaterials } from '../../scripts/write-sbom';

test('the bill of materials has each package that ships, those in the console included, and nothing that only builds or tests', () => {
  const { components, dependencies, metadata } = billOfMaterials();
  const listed = components.map((each) => each['bom-ref']);
  const shipped = [...licences().values()].flat().map((each) => each.replace(/ ([^ ]+)$/, '@$1'));
  expect(new Set(listed)).toEqual(new Set(shipped));
  const known = new Set([...listed, metadata.component['bom-ref']]);
  expect(dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((each) => !known.has(each))).toEqual(
    [],
  );
}, 60_000);
