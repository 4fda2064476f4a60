package io.promptferry.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may depend on whom, and what may be called where. */
class ArchitectureTest {

  private static final String ROOT = "io.promptferry.";

  /**
   * Each module's packages, and the modules that it may see; the order of the design's section 3.
   */
  private static final Map<String, List<String>> MAY_SEE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("records", List.of()),
              Map.entry("spans", List.of("records")),
              Map.entry("schemas", List.of("records", "spans")),
              Map.entry("request", List.of("records", "schemas")),
              Map.entry("runtime", List.of()),
              Map.entry("gemini", List.of()),
              Map.entry("producer", List.of("records", "schemas", "request")),
              Map.entry(
                  "batcher",
                  List.of("records", "spans", "schemas", "request", "runtime", "gemini")),
              Map.entry("poller", List.of("records", "spans", "schemas", "runtime", "gemini")),
              Map.entry(
                  "collector",
                  List.of("records", "spans", "schemas", "request", "runtime", "gemini")),
              Map.entry("simulator", List.of()),
              Map.entry("stack", List.of())));

  private static final JavaClasses CODE = Code.SHIPPED;

  /** Where a service team's code begins, which should not have to bring a clock. */
  private static final List<String> LIBRARY_ENTRIES =
      List.of(
          "io.promptferry.producer.PromptProducerBuilder",
          "io.promptferry.producer.ResponseConsumerBuilder",
          "io.promptferry.producer.FilesApiStore");

  /**
   * Where the outside world comes in: the command's entry, those that are programs of their own,
   * and where the library is entered.
   */
  private static final DescribedPredicate<JavaClass> EDGE =
      resideInAnyPackage("io.promptferry.stack..", "io.promptferry.e2e..")
          .or(
              new DescribedPredicate<>("entry points") {
                @Override
                public boolean test(JavaClass type) {
                  return type.getName().equals("io.promptferry.local.Promptferry")
                      || LIBRARY_ENTRIES.contains(type.getName())
                      || type.getName().equals("io.promptferry.benchmarks.WriteAmplification")
                      || type.getName().equals("io.promptferry.benchmarks.Memory")
                      || type.getName().equals("io.promptferry.benchmarks.ResultsMemory")
                      || type.getName().equals("io.promptferry.simulator.Simulator");
                }
              })
          .as("the edge");

  static List<String> modules() {
    return List.copyOf(MAY_SEE.keySet());
  }

  @Test
  void everyModuleIsSeen() {
    for (String module : MAY_SEE.keySet()) {
      assertThat(CODE.stream().filter(type -> type.getPackageName().startsWith(ROOT + module)))
          .as("classes of %s on the class path", module)
          .isNotEmpty();
    }
  }

  @Test
  void benchmarksMaySeeAllAndAreSeenByNone() {
    assertThat(CODE.containPackage(ROOT + "benchmarks")).isTrue();
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "benchmarks..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "benchmarks..")
        .check(CODE);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void modulesSeeOnlyWhatTheyMay(String module) {
    var forbidden = new ArrayList<>(MAY_SEE.keySet());
    forbidden.add("local");
    forbidden.remove(module);
    forbidden.removeAll(MAY_SEE.get(module));
    String[] packages = forbidden.stream().map(name -> ROOT + name + "..").toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CODE);
  }

  @Test
  void timeAndSurroundingsComeInAtTheEdge() {
    noClasses()
        .that(DescribedPredicate.not(EDGE))
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "getenv")
        .orShould()
        .callMethod(System.class, "getenv", String.class)
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .check(CODE);
  }

  @Test
  void onlyTheAdapterKnowsGooglesSdk() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.promptferry.gemini..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.genai..", "okhttp3..")
        .check(CODE);
  }

  @Test
  void onlyTheTraceKnowsOpenTelemetry() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.promptferry.runtime.trace..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.opentelemetry..")
        .check(CODE);
  }

  @Test
  void namesSayWhatThingsAreFor() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..")
        .check(CODE);
    classes()
        .should()
        .haveNameNotMatching(".*(Impl|Manager|Util|Utils|Helper|Helpers)(\\$.*)?")
        .check(CODE);
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        CODE.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(found -> !found.getName().equals(ROOT + "records"))
            .filter(found -> !isNullMarked(found))
            .map(JavaPackage::getName)
            .sorted()
            .toList();
    assertThat(unmarked).isEmpty();
  }

  private static boolean isNullMarked(JavaPackage found) {
    return CODE.stream()
        .filter(type -> type.getPackageName().equals(found.getName()))
        .filter(type -> type.getSimpleName().equals("package-info"))
        .anyMatch(type -> type.isAnnotatedWith(NullMarked.class));
  }

  @Test
  void noCycleBetweenModules() {
    slices().matching("io.promptferry.(*)..").should().beFreeOfCycles().check(CODE);
  }
}
