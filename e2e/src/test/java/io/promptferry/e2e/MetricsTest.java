package io.promptferry.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaStaticInitializer;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.runtime.metrics.Metric;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every metric is declared as a constant, so that docs/metrics.md has it. */
class MetricsTest {

  private static final List<DeclaredMetric> METRICS = DeclaredMetric.all();
  private static final Pattern NAME = Pattern.compile("promptferry(\\.[a-z]+)+");

  private static final Set<String> MAKERS =
      Set.of("counter", "gauge", "gaugeCollectionSize", "gaugeMapSize", "summary", "timer", "more");

  /** Either way of Micrometer's; the binders of its own metrics are another thing. */
  private static final ArchRule ONLY_DECLARED =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.promptferry.runtime.metrics..")
          .should()
          .callMethodWhere(
              new DescribedPredicate<JavaCall<?>>("a meter is made") {
                @Override
                public boolean test(JavaCall<?> call) {
                  return makesAMeter(call);
                }
              })
          .because("docs/metrics.md is made of the constants of type Metric");

  private static final ArchRule ONLY_CONSTANTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.promptferry.runtime.metrics..")
          .should()
          .callMethodWhere(
              new DescribedPredicate<JavaCall<?>>("a Metric is made elsewhere than in a constant") {
                @Override
                public boolean test(JavaCall<?> call) {
                  return call.getTargetOwner().isEquivalentTo(Metric.class)
                      && Set.of("counter", "gauge", "summary", "timer").contains(call.getName())
                      && !(call.getOrigin() instanceof JavaStaticInitializer);
                }
              });

  private static boolean makesAMeter(JavaCall<?> call) {
    return (call.getTargetOwner().isAssignableTo(MeterRegistry.class)
            && MAKERS.contains(call.getName()))
        || (call.getTargetOwner().getPackageName().equals("io.micrometer.core.instrument")
            && call.getName().equals("builder"));
  }

  /** What nobody may write; only its class file is looked at. */
  @SuppressWarnings("UnusedMethod")
  private static final class Undeclared {
    void count(MeterRegistry registry) {
      registry.counter("promptferry.undeclared").increment();
    }

    Metric declare() {
      return Metric.counter("promptferry.somewhere", "No constant");
    }
  }

  @Test
  void noMeterIsMadeWithoutADeclaration() {
    ONLY_DECLARED.check(Code.SHIPPED);
    ONLY_CONSTANTS.check(Code.SHIPPED);
  }

  @Test
  void aMeterWithoutADeclarationIsSeen() {
    JavaClasses wrong = new ClassFileImporter().importClasses(Undeclared.class);
    assertThatThrownBy(() -> ONLY_DECLARED.check(wrong)).hasMessageContaining("Undeclared.count");
    assertThatThrownBy(() -> ONLY_CONSTANTS.check(wrong))
        .hasMessageContaining("Undeclared.declare");
  }

  @Test
  void everyMetricIsUsedAndNamedByTheConvention() {
    assertThat(METRICS).hasSizeGreaterThan(40);
    assertThat(METRICS)
        .allSatisfy(
            declared -> {
              assertThat(declared.services()).as("who counts %s", declared.field()).isNotEmpty();
              assertThat(declared.metric().name()).matches(NAME);
              assertThat(declared.name()) // Which strips "created" from an end, for example.
                  .as("what Prometheus makes of it")
                  .startsWith(declared.metric().name().replace('.', '_'));
              assertThat(declared.metric().unit())
                  .as("of %s", declared.name())
                  .isIn(null, Metric.SECONDS, Metric.BYTES, Metric.RATIO, Metric.DOLLARS);
            });
  }

  @Test
  void noNameIsDeclaredTwice() {
    assertThat(METRICS.stream().collect(Collectors.groupingBy(DeclaredMetric::name)))
        .allSatisfy((name, declared) -> assertThat(declared).hasSize(1));
  }
}
