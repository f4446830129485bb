import { parseAllDocuments } from 'yaml';
import { type KubeObject, kubeObjects } from '../diagnostics/objects/kube-object.ts';
import { Failure } from '../dump/failure.ts';
import { manifestTexts } from '../source/manifest-texts.ts';

/**
 * The Kubernetes objects of files and folders of YAML or JSON. Throws Failure PC1013 for a file that cannot be read, PC1052 for one that
 * is no YAML, or where no document of all has a kind.
 */
export function readObjects(paths: readonly string[]): readonly KubeObject[] {
  const objects: KubeObject[] = [];
  for (const { file, text } of manifestTexts(paths)) {
    for (const document of parseAllDocuments(text)) {
      const [error] = document.errors;
      if (error !== undefined) {
        const next = 'give manifests as kubectl get -o yaml prints them';
        throw new Failure({ id: 'PC1052', what: `${file} is not YAML: ${error.message.split('\n')[0]}`, place: file, next });
      }
      objects.push(...kubeObjects(document.toJS() as unknown, file));
    }
  }
  if (objects.length === 0)
    throw new Failure({ id: 'PC1052', what: `${paths.join(', ')}: no Kubernetes object is in there`, next: 'give manifests: documents with a kind' });
  return objects;
}
