package dev.whit.selfcheck;

import dev.whit.selfcheck.CheckResult.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs every check against one model of a server. */
public final class SelfCheck {
  private static final List<Check> CHECKS =
      Stream.of(TokenizerChecks.ALL, ScoringChecks.ALL, GenerationChecks.ALL, ErrorChecks.ALL)
          .flatMap(List::stream)
          .toList();

  private SelfCheck() {}

  /**
   * Runs them one after the other, whatever fails.
   *
   * @param model name of the model
   * @param listener is told of each result as soon as it is there
   */
  public static List<CheckResult> run(
      ServerClient server, String model, Consumer<CheckResult> listener)
      throws InterruptedException {
    CheckedModel checked = new CheckedModel(server, model);
    List<CheckResult> results = new ArrayList<>();
    for (Check check : CHECKS) {
      CheckResult result = run(check, checked);
      results.add(result);
      listener.accept(result);
    }
    return results;
  }

  private static CheckResult run(Check check, CheckedModel model) throws InterruptedException {
    try {
      check.body().run(model);
      return new CheckResult(check.name(), Outcome.PASSED, "");
    } catch (NotApplicable e) {
      return new CheckResult(check.name(), Outcome.SKIPPED, message(e));
    } catch (ContractViolation e) {
      return new CheckResult(check.name(), Outcome.FAILED, message(e));
    } catch (IOException e) {
      return new CheckResult(check.name(), Outcome.FAILED, "no reply: " + e);
    }
  }

  private static String message(RuntimeException failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }
}
