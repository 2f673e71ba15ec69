package dev.whit.selfcheck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.selfcheck.ToyServer.Defect;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelfCheckTest {
  private static List<CheckResult> run(Defect... defects) throws Exception {
    try (ToyServer server = new ToyServer(defects);
        ServerClient client = new ServerClient(server.url(), null)) {
      return SelfCheck.run(client, client.firstModel(), result -> {});
    }
  }

  private static List<CheckResult> failures(List<CheckResult> results) {
    return results.stream().filter(r -> r.outcome() == CheckResult.Outcome.FAILED).toList();
  }

  @Test
  void aServerThatKeepsTheContractPasses() throws Exception {
    assertThat(run())
        .hasSizeGreaterThan(18)
        .allSatisfy(result -> {
          assertThat(result.reason()).isEmpty();
          assertThat(result.outcome()).isEqualTo(CheckResult.Outcome.PASSED);
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NO_EOS_TOKEN             | tokenizer_info                       | eos_token is missing
          BOS_ALWAYS               | tokenize adds                        | begin with 256
          BOS_BEFORE_IDS           | no token is added                    | entries for a prompt of
          DETOKENIZES_BADLY        | detokenize                           | naïve
          FIRST_HAS_A_NUMBER       | the first null                       | null was due
          NO_ECHOED_LOGPROBS       | prompt + 1 entries                   | has 1 entries for a prompt of
          NO_ENTRY_FOR_EOS         | end-of-sequence                      | were due
          ROUNDED_ALTERNATIVES     | very number                          | top_logprobs[1] has
          NO_ALTERNATIVES          | prompt + 1 entries                   | an object with the most likely tokens
          KEYS_COLLIDE             | do not collide                       | top_logprobs[
          GREEDY_IS_NOT_GREEDY     | is greedy                            | not the maximum
          ANSWERS_IN_ANOTHER_ORDER | in order                             | is at 0
          ANSWERS_VARY             | at the same time                     | differs
          FOUR_STOPS               | stop strings                         | at most 4 stops
          SEED_IGNORED             | same seed                            | seed 7 gives
          NO_DONE                  | streamed                             | without [DONE]
          STREAM_LOSES_TEXT        | streamed                             | streamed the text is
          CHAT_WITHOUT_ROLE        | a chat is answered                   | message is
          ERROR_WITHOUT_PARAM      | names the field                      | temperature was due
          ANY_MODEL                | unknown model                        | the status is 200, 404 was due
          TAKES_ANYTHING           | not JSON                             | the status is 200, 400 was due
          NO_REQUEST_ID            | x-request-id                         | missing
          """)
  void theCheckThatFindsADefectSaysWhatItIs(Defect defect, String name, String reason)
      throws Exception {
    assertThat(failures(run(defect)))
        .anySatisfy(failure -> {
          assertThat(failure.name()).contains(name);
          assertThat(failure.reason()).contains(reason);
        });
  }
}
