import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shippedPackages } from './licences-table';

interface Component {
  'bom-ref': string;
  name: string;
}
interface Bom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

const root = join(__dirname, '..');
const FORMAT = ['--sbom-format=cyclonedx', '--package-lock-only'];

/**
 * The bill of materials of what ships (CycloneDX, https://cyclonedx.org): npm’s own, without what is only needed to build and to test. npm would
 * leave out the console’s packages too, because they are built into its pages and not installed.
 */
export function billOfMaterials(): Bom {
  const output = execFileSync('npm', ['sbom', ...FORMAT], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const bom = JSON.parse(output) as Bom;
  const kept = new Set(shippedPackages().map(({ name, version }) => `${name}@${version}`));
  const component = { ...bom.metadata.component, name: 'tenant-provisioner' };
  return {
    ...bom,
    metadata: { ...bom.metadata, component },
    components: bom.components.filter((each) => kept.has(each['bom-ref'])),
    dependencies: bom.dependencies
      .filter(({ ref }) => kept.has(ref) || ref === component['bom-ref'])
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) })),
  };
}

if (require.main === module)
  writeFileSync(join(root, 'dist/sbom.cdx.json'), JSON.stringify(billOfMaterials(), null, 2));
