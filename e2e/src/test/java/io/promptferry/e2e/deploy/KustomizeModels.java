package io.promptferry.e2e.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** The fields of kustomization.yaml that the folders use. */
final class KustomizeModels {

  private KustomizeModels() {}

  record Folder(
      String apiVersion,
      String kind,
      String namespace,
      List<Labels> labels,
      List<String> resources,
      List<String> components,
      List<Generator> configMapGenerator,
      List<Generator> secretGenerator,
      List<Image> images,
      List<Replicas> replicas,
      List<Patch> patches,
      List<JsonNode> replacements) {}

  record Labels(Map<String, String> pairs, boolean includeTemplates) {}

  record Generator(
      String name,
      String namespace,
      String behavior,
      List<String> envs,
      List<String> literals,
      GeneratorOptions options) {}

  record GeneratorOptions(boolean disableNameSuffixHash) {}

  record Image(String name, String newName, String newTag) {}

  record Replicas(String name, int count) {}

  record Patch(String path, String patch, Target target) {}

  record Target(String kind, String name) {}
}
