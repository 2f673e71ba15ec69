package dev.whit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who may import whom: the table of docs/ARCHITECTURE.md. */
@AnalyzeClasses(packages = "dev.whit", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "dev.whit.";

  /** The packages of ours that each package may import, beside its own sub-packages. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("backend", Set.of()),
          Map.entry("tokenizer", Set.of()),
          Map.entry("constraint", Set.of("backend")),
          Map.entry("checkpoint", Set.of()),
          Map.entry("hub", Set.of()),
          Map.entry("client", Set.of()),
          Map.entry("chat", Set.of("client")),
          Map.entry("load", Set.of("client")),
          Map.entry("selfcheck", Set.of("client")),
          Map.entry("kernel", Set.of()),
          Map.entry("kernel.cpu", Set.of("kernel")),
          Map.entry("model", Set.of("kernel")),
          Map.entry("model.loading", Set.of("model", "kernel", "checkpoint", "checkpoint.gguf")),
          Map.entry("engine", Set.of("backend", "model", "kernel")),
          Map.entry("bench", Set.of("model", "model.loading", "kernel", "kernel.cpu")),
          Map.entry("eval", Set.of("model", "model.loading", "kernel", "kernel.cpu", "tokenizer")),
          Map.entry("experiment", Set.of()),
          Map.entry("experiment.remote", Set.of("experiment")),
          Map.entry("experiment.statistics", Set.of()),
          Map.entry("bench.synth", Set.of("model", "model.loading", "kernel", "checkpoint")),
          Map.entry("api", Set.of("backend", "tokenizer", "constraint")),
          Map.entry("rest", Set.of("api", "rest.openai", "rest.access", "experiment.remote")),
          Map.entry("rest.access", Set.of()),
          Map.entry("rest.openai", Set.of("api")));

  /** Packages that wire the others together and may import all of them. */
  private static final Set<String> WIRING = Set.of("app", "cli", "config", "metrics", "health");

  private static final String[] PLAIN = {
    ROOT + "kernel..",
    ROOT + "checkpoint..",
    ROOT + "hub..",
    ROOT + "client..",
    ROOT + "chat..",
    ROOT + "load..",
    ROOT + "selfcheck..",
    ROOT + "tokenizer..",
    ROOT + "constraint..",
    ROOT + "model..",
    ROOT + "engine..",
    ROOT + "backend..",
    ROOT + "bench..",
    ROOT + "eval..",
    ROOT + "experiment",
    ROOT + "experiment.statistics.."
  };

  @ArchTest
  static void importsFollowTheTable(JavaClasses classes) {
    MAY_IMPORT.forEach((name, allowed) -> importsOnly(name, allowed).check(classes));
  }

  private static ArchRule importsOnly(String name, Set<String> allowed) {
    String[] permitted =
        Stream.concat(
                allowed.stream().map(p -> ROOT + p), Stream.of(ROOT + name + subPackages(name)))
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(ROOT + name + subPackages(name))
        .should()
        .dependOnClassesThat(resideInAPackage("dev.whit..").and(not(resideInAnyPackage(permitted))))
        .as(name + " imports only " + allowed)
        .allowEmptyShould(false);
  }

  /** A sub-package with a row of its own is not part of its parent. */
  private static String subPackages(String name) {
    boolean split = MAY_IMPORT.keySet().stream().anyMatch(other -> other.startsWith(name + "."));
    return split ? "" : "..";
  }

  @ArchTest
  static void everyPackageIsInTheTable(JavaClasses classes) {
    Set<String> unknown =
        classes.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(ROOT))
            .map(name -> name.substring(ROOT.length()))
            .filter(name -> !WIRING.contains(name) && !isInTable(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(unknown).isEmpty();
  }

  private static boolean isInTable(String name) {
    return MAY_IMPORT.keySet().stream()
        .anyMatch(row ->
            name.equals(row) || (subPackages(row).equals("..") && name.startsWith(row + ".")));
  }

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().assignedFrom(new TableRows()).should().beFreeOfCycles();

  /** A slice is a row of the table, as the readers of {@code checkpoint} are with their formats. */
  private static final class TableRows implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return Stream.concat(MAY_IMPORT.keySet().stream(), WIRING.stream())
          .filter(row -> (type.getPackageName() + ".").startsWith(ROOT + row + "."))
          .max(Comparator.comparingInt(String::length))
          .map(SliceIdentifier::of)
          .orElseGet(SliceIdentifier::ignore);
    }

    @Override
    public String getDescription() {
      return "the rows of the table";
    }
  }

  @ArchTest
  static final ArchRule vectorApiOnlyInCpuKernels =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.whit.kernel.cpu")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator.vector..");

  @ArchTest
  static final ArchRule micrometerOnlyInMetrics =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.whit.metrics")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer..");

  @ArchTest
  static final ArchRule jaxRsOnlyInRest =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.whit.rest..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jakarta.ws.rs..");

  @ArchTest
  static final ArchRule theCoreKnowsNoFramework =
      noClasses()
          .that()
          .resideInAnyPackage(PLAIN)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.quarkus..",
              "io.smallrye..",
              "io.vertx..",
              "jakarta..",
              "org.eclipse.microprofile..",
              "com.fasterxml.jackson.annotation..",
              "com.fasterxml.jackson.databind.annotation..",
              "io.micrometer..");

  @ArchTest
  static final ArchRule downcallsOnlyInKernels =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.whit.kernel..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.lang.foreign.Linker");

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      classes()
          .that()
          .resideInAPackage("dev.whit..")
          .should()
          .haveSimpleNameNotEndingWith("Util")
          .andShould()
          .haveSimpleNameNotEndingWith("Utils")
          .andShould()
          .haveSimpleNameNotEndingWith("Helper");
}
